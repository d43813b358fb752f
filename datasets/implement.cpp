#include "datasets/csv.h"
#include "datasets/digits.h"
#include "datasets/idx.h"
#include "datasets/mnist.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(datasets, b) {
  b.add<datasets::Csv>("csv");
  b.add<datasets::Digits>("digits");
  b.add<datasets::FashionMnist>("fashion_mnist");
  b.add<datasets::Idx>("idx");
  b.add<datasets::Mnist>("mnist");
}
