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

auto under_test(std::string_view family) { return ::testing::ValuesIn(tensor_components_under_test(family)); }

INSTANTIATE_TEST_SUITE_P(Each, AugmentationSuite, under_test("augmentation"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, InitSuite, under_test("init"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, LayerSuite, under_test("layer"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, LossSuite, under_test("loss"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, MetricSuite, under_test("metric"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, ModelSuite, under_test("model"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, ObserverSuite, under_test("observer"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, OptimizerSuite, under_test("optimizer"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, PenaltySuite, under_test("penalty"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, GroupsSuite, under_test("optimizer"), component_name);

}  // namespace
}  // namespace assay::testing
