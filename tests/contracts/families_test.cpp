// Every component goes through the suite of its family; every declaration through that of all.
#include "tests/contracts/dataset_suite.h"
#include "tests/contracts/declaration_suite.h"
#include "tests/contracts/launcher_suite.h"
#include "tests/contracts/pruner_suite.h"
#include "tests/contracts/sampler_suite.h"
#include "tests/contracts/schedule_suite.h"
#include "tests/contracts/split_suite.h"
#include "tests/contracts/transform_suite.h"
#include "tests/contracts/under_test.h"
#include "tests/contracts/weights_suite.h"

namespace assay::testing {
namespace {

auto under_test(std::string_view family) { return ::testing::ValuesIn(components_under_test(family)); }

INSTANTIATE_TEST_SUITE_P(Each, DeclarationSuite, ::testing::ValuesIn(declarations_under_test()),
                         component_name);
INSTANTIATE_TEST_SUITE_P(Each, DatasetSuite, under_test("dataset"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, SplitSuite, under_test("split"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, TransformSuite, under_test("transform"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, ScheduleSuite, under_test("schedule"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, SamplerSuite, under_test("sampler"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, PrunerSuite, under_test("pruner"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, LauncherSuite, under_test("launcher"), component_name);
INSTANTIATE_TEST_SUITE_P(Each, WeightsSuite, under_test("weights"), component_name);

}  // namespace
}  // namespace assay::testing
