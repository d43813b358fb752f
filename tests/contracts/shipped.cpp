// All that ships without LibTorch.
#include "registry/contracts/builtin.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/under_test.h"

namespace assay::testing {

std::vector<Component> components_under_test(std::string_view family) {
  return components_of(shipped_registry(), shipped_parts(), family);
}

std::vector<Component> declarations_under_test() {
  std::vector<Component> all;
  for (const FamilyInfo* family : shipped_registry().families()) {
    for (Component& component : components_of(shipped_registry(), shipped_parts(), family->name))
      all.push_back(std::move(component));
  }
  return all;
}

}  // namespace assay::testing
