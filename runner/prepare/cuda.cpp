#include "runner/prepare/cuda.h"

#include <filesystem>

namespace assay::preparing {

// The driver's own node, Windows' Subsystem for Linux, and boards whose GPU shares the memory.
bool has_cuda_device() {
  for (const char* node : {"/dev/nvidiactl", "/dev/dxg", "/dev/nvhost-gpu"}) {
    if (std::filesystem::exists(node)) return true;
  }
  return false;
}

bool is_on_cuda(const std::string& device) {
  return device == "auto" ? has_cuda_device() : device.starts_with("cuda");
}

}  // namespace assay::preparing
