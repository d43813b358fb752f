// The process and the device that a run computes on: which devices there are, how many threads, the
// allocator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <c10/core/Device.h>

#include "registry/contracts/experiment.h"
#include "registry/contracts/recorder.h"

namespace assay::engine {

/// "cpu", then "cuda:0", "cuda:1", ... as far as this LibTorch can use them.
std::vector<std::string> available_devices();

/// `auto` (the first CUDA device, else the CPU), `cpu`, `cuda` or `cuda:N`. Throws Kind::device, saying what
/// there is.
at::Device find_device(const std::string& name);

/// Sets the intra-op threads of the calling thread's operations, whether LibTorch may choose algorithms whose
/// results vary, and in which numbers it computes. LibTorch keeps these per process, so a run sets them
/// before it does anything else.
void configure(const Experiment& experiment, at::Device device);

/// Lets the C library keep freed memory instead of giving it back to the system after every tensor. Once per
/// process.
void keep_freed_memory();

/// Adds what only the engine knows to the environment of the record.
void note_machine(Recorder& recorder, at::Device device, std::int64_t parameters);

}  // namespace assay::engine
