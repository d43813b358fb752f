// Every component that ships goes through the suite of its family; every declaration through that of all.
#include "registry/contracts/builtin.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/dataset_suite.h"
#include "tests/contracts/declaration_suite.h"
#include "tests/contracts/schedule_suite.h"
#include "tests/contracts/split_suite.h"
#include "tests/contracts/transform_suite.h"

namespace assay::testing {
namespace {

auto shipped(std::string_view family) {
  return ::testing::ValuesIn(components_of(shipped_registry(), shipped_parts(), family));
}

std::vector<Component> all_shipped() {
  std::vector<Component> out;
  for (const FamilyInfo* family : shipped_registry().families()) {
    for (const Component& component : components_of(shipped_registry(), shipped_parts(), family->name)) {
      out.push_back(component);
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Shipped, DeclarationSuite, ::testing::ValuesIn(all_shipped()), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, DatasetSuite, shipped("dataset"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, SplitSuite, shipped("split"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, TransformSuite, shipped("transform"), component_name);
INSTANTIATE_TEST_SUITE_P(Shipped, ScheduleSuite, shipped("schedule"), component_name);

}  // namespace
}  // namespace assay::testing
