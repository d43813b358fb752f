#include "datasets/cifar10.h"
#include "datasets/csv.h"
#include "datasets/digits.h"
#include "datasets/hdf5.h"
#include "datasets/idx.h"
#include "datasets/image_folder.h"
#include "datasets/image_list.h"
#include "datasets/mnist.h"
#include "datasets/npy.h"
#include "datasets/npz.h"
#include "datasets/synthetic.h"
#include "datasets/tables.h"
#include "datasets/text.h"
#include "datasets/uci.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(datasets, "1.0.0", r) {
  r.declare<datasets::AddingParams>(family::dataset, "adding");
  r.declare<datasets::BlobsParams>(family::dataset, "blobs");
  r.declare<datasets::BreastCancerParams>(family::dataset, "breast_cancer");
  r.declare<datasets::Cifar10Params>(family::dataset, "cifar10");
  r.declare<datasets::CirclesParams>(family::dataset, "circles");
  r.declare<datasets::CopyMemoryParams>(family::dataset, "copy_memory");
  r.declare<datasets::CsvParams>(family::dataset, "csv");
  r.declare<datasets::DiabetesParams>(family::dataset, "diabetes");
  r.declare<datasets::DigitsParams>(family::dataset, "digits");
  r.declare<datasets::FashionMnistParams>(family::dataset, "fashion_mnist");
  r.declare<datasets::Hdf5Params>(family::dataset, "hdf5");
  r.declare<datasets::IdxParams>(family::dataset, "idx");
  r.declare<datasets::ImageFolderParams>(family::dataset, "image_folder");
  r.declare<datasets::ImageListParams>(family::dataset, "image_list");
  r.declare<datasets::IrisParams>(family::dataset, "iris");
  r.declare<datasets::MnistParams>(family::dataset, "mnist");
  r.declare<datasets::MoonsParams>(family::dataset, "moons");
  r.declare<datasets::NpyParams>(family::dataset, "npy");
  r.declare<datasets::NpzParams>(family::dataset, "npz");
  r.declare<datasets::RegressionParams>(family::dataset, "regression");
  r.declare<datasets::SpiralsParams>(family::dataset, "spirals");
  r.declare<datasets::TextParams>(family::dataset, "text");
  r.declare<datasets::TinyShakespeareParams>(family::dataset, "tiny_shakespeare");
  r.declare<datasets::UciParams>(family::dataset, "uci");
  r.declare<datasets::WineParams>(family::dataset, "wine");
  r.declare<datasets::XorParams>(family::dataset, "xor");
}
