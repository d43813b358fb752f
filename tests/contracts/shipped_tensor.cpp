// All that ships and computes.
#include "tests/contracts/tensor_component.h"
#include "tests/contracts/under_test.h"

namespace assay::testing {

std::vector<Component> tensor_components_under_test(std::string_view family) {
  return components_of(tensor_registry(), tensor_parts(), family);
}

}  // namespace assay::testing
