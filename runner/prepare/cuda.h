// Whether there is a CUDA device, without LibTorch: what the driver leaves in /dev.
#pragma once

#include <string>

namespace assay::preparing {

bool has_cuda_device();

/// Whether a run with this `device` computes on one, as far as can be said here.
bool is_on_cuda(const std::string& device);

}  // namespace assay::preparing
