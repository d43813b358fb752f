// What ships: every component of datasets/ and plugins/, by the same door as a plugin from elsewhere.
#pragma once

#include <string>
#include <vector>

#include "registry/implementations.h"
#include "registry/registry.h"

namespace assay {

/// All families and everything declared in this tree. No LibTorch.
Registry builtin_registry();

/// Implementations of the families without LibTorch: data sets, splits, transforms, schedules.
Implementations builtin_implementations();

/// Families whose implementations lie in libassay_<name>.so and are opened to compute (load_tensor_families).
std::vector<std::string> tensor_plugins();

/// Opens libassay_<name>.so of every tensor plugin beside libassay.so and adds what it implements. Loads
/// LibTorch.
void load_tensor_families(Implementations& parts);

}  // namespace assay
