// Which components the suites are run on: all that ship (shipped.cpp), or those of one plugin
// (plugin_suites.cpp).
#pragma once

#include <string_view>
#include <vector>

#include "tests/contracts/component.h"

namespace assay::testing {

/// Of a family that has a suite among the families without LibTorch, or of any family for the suite of all
/// declarations.
std::vector<Component> components_under_test(std::string_view family);

/// Of a family that computes.
std::vector<Component> tensor_components_under_test(std::string_view family);

/// Of every family.
std::vector<Component> declarations_under_test();

}  // namespace assay::testing
