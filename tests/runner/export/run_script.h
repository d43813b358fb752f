// A TorchScript file, as LibTorch itself reads and runs it.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace assay::testing {

struct Script {
  at::Tensor output;
  std::vector<std::string> parameters;  // by their dotted names
  std::vector<std::string> buffers;
  std::string notes;  // of the extra file assay.json
};

/// Loads the file and calls `forward`. Throws what LibTorch throws.
Script run_script(const std::string& path, const std::vector<at::Tensor>& inputs);

}  // namespace assay::testing
