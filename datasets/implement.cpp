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
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(datasets, b) {
  b.add<datasets::Synthetic<datasets::AddingParams>>("adding");
  b.add<datasets::Synthetic<datasets::BlobsParams>>("blobs");
  b.add<datasets::BreastCancer>("breast_cancer");
  b.add<datasets::Cifar10>("cifar10");
  b.add<datasets::Synthetic<datasets::CirclesParams>>("circles");
  b.add<datasets::Synthetic<datasets::CopyMemoryParams>>("copy_memory");
  b.add<datasets::Csv>("csv");
  b.add<datasets::Diabetes>("diabetes");
  b.add<datasets::Digits>("digits");
  b.add<datasets::FashionMnist>("fashion_mnist");
  b.add<datasets::Hdf5>("hdf5");
  b.add<datasets::Idx>("idx");
  b.add<datasets::ImageFolder>("image_folder");
  b.add<datasets::ImageList>("image_list");
  b.add<datasets::Iris>("iris");
  b.add<datasets::Mnist>("mnist");
  b.add<datasets::Synthetic<datasets::MoonsParams>>("moons");
  b.add<datasets::Npy>("npy");
  b.add<datasets::Npz>("npz");
  b.add<datasets::Synthetic<datasets::RegressionParams>>("regression");
  b.add<datasets::Synthetic<datasets::SpiralsParams>>("spirals");
  b.add<datasets::Text>("text");
  b.add<datasets::TinyShakespeare>("tiny_shakespeare");
  b.add<datasets::Uci>("uci");
  b.add<datasets::Wine>("wine");
  b.add<datasets::Synthetic<datasets::XorParams>>("xor");
}
