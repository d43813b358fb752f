#include "datasets/csv.h"
#include "datasets/digits.h"
#include "datasets/idx.h"
#include "datasets/mnist.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(datasets, "1.0.0", r) {
  r.declare<datasets::CsvParams>(family::dataset, "csv");
  r.declare<datasets::DigitsParams>(family::dataset, "digits");
  r.declare<datasets::FashionMnistParams>(family::dataset, "fashion_mnist");
  r.declare<datasets::IdxParams>(family::dataset, "idx");
  r.declare<datasets::MnistParams>(family::dataset, "mnist");
}
