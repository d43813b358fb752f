// Every component goes through the suite of its family; every declaration through that of all.
#include "tests/contracts/dataset_suite.h"
#include "tests/contracts/declaration_suite.h"
#include "tests/contracts/schedule_suite.h"
#include "tests/contracts/split_suite.h"
#include "tests/contracts/transform_suite.h"
#include "tests/contracts/under_test.h"

namespace assay::testing {
namespace {

auto shipped(std::string_view family) { return ::testing::ValuesIn(components_under_test(family)); }

INSTANTIATE_TEST_SUITE_P(Shipped, DeclarationSuite, ::testing::ValuesIn(declarations_under_test()),
                         component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, DatasetSuite, shipped("dataset"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, SplitSuite, shipped("split"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, TransformSuite, shipped("transform"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, ScheduleSuite, shipped("schedule"), component_name);

}  // namespace
}  // namespace assay::testing
