// Every component in the families that compute goes through the suite of its family.
#include "tests/contracts/augmentation_suite.h"
#include "tests/contracts/init_suite.h"
#include "tests/contracts/layer_suite.h"
#include "tests/contracts/loss_suite.h"
#include "tests/contracts/metric_suite.h"
#include "tests/contracts/model_suite.h"
#include "tests/contracts/observer_suite.h"
#include "tests/contracts/optimizer_suite.h"
#include "tests/contracts/penalty_suite.h"
#include "tests/contracts/under_test.h"

namespace assay::testing {
namespace {

auto shipped(std::string_view family) {
  return ::testing::ValuesIn(tensor_components_under_test(family));
}

INSTANTIATE_TEST_SUITE_P(Shipped, AugmentationSuite, shipped("augmentation"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, InitSuite, shipped("init"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, LayerSuite, shipped("layer"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, LossSuite, shipped("loss"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, MetricSuite, shipped("metric"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, ModelSuite, shipped("model"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, ObserverSuite, shipped("observer"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, OptimizerSuite, shipped("optimizer"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, PenaltySuite, shipped("penalty"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, GroupsSuite, shipped("optimizer"), component_name);

}  // namespace
}  // namespace assay::testing
