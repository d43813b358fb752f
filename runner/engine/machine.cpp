#include "runner/engine/machine.h"

#include <cstdlib>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/headeronly/version.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "core/error.h"
#include "core/text.h"
#include "runner/engine/precision.h"

namespace assay::engine {
namespace {

bool has_cuda_library() { return c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA); }

// Through c10's own table rather than CUDA's headers, which a LibTorch for the CPU does not bring.
std::int64_t cuda_count() {
  return has_cuda_library() ? c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount() : 0;
}

[[noreturn]] void fail_no_device(const std::string& name) {
  if (!has_cuda_library()) {
    throw Error(Kind::device,
                text("device ", name, " is not available: this LibTorch is built for the CPU only"),
                "use `device: cpu` or `device: auto`, or build assay with a LibTorch for CUDA");
  }
  if (cuda_count() == 0) {
    throw Error(Kind::device, text("device ", name, " is not available: no CUDA device was found"),
                "use `device: cpu` or `device: auto`; `nvidia-smi` and CUDA_VISIBLE_DEVICES say which "
                "devices a process sees");
  }
  throw Error(Kind::device,
              text("device ", name, " is not available: there is ", join(available_devices(), ", ")),
              "name one of these, or `auto`");
}

std::int64_t cuda_index(const std::string& name) {
  if (name == "cuda") return 0;
  const auto index =
      name.starts_with("cuda:") ? parse_integer(std::string_view(name).substr(5)) : std::nullopt;
  if (!index || *index < 0) {
    throw Error(Kind::device, text("'", name, "' is no device"), "use auto, cpu, cuda or cuda:N");
  }
  return *index;
}

}  // namespace

std::vector<std::string> available_devices() {
  std::vector<std::string> names{"cpu"};
  for (std::int64_t i = 0; i < cuda_count(); ++i) names.push_back(text("cuda:", i));
  return names;
}

at::Device find_device(const std::string& name) {
  if (name == "cpu" || (name == "auto" && cuda_count() == 0)) return at::Device(at::kCPU);
  const std::int64_t index = name == "auto" ? 0 : cuda_index(name);
  if (index >= cuda_count()) fail_no_device(name);
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
}

void configure(const Experiment& experiment, at::Device device) {
  const bool is_deterministic = experiment.deterministic;
  ASSAY_ASSERT(!experiment.threads.is_auto());  // measured when the run was created
  at::set_num_threads(static_cast<int>(experiment.threads.count));
  configure_precision(precision_of(experiment.train.precision), experiment.train.flush_denormals);
  // cuBLAS is deterministic only with a workspace of its own per stream, which it reads when it starts.
  if (is_deterministic && device.is_cuda()) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  at::Context& context = at::globalContext();
  context.setDeterministicAlgorithms(is_deterministic, /*warn_only=*/false);
  // Fresh memory would be filled, a pass over each, so that reading what was never written repeats: a mistake
  // to be found, not to be paid for at every step.
  context.setDeterministicFillUninitializedMemory(false);
}

void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int mib = 1024 * 1024;
  // By default glibc gives large blocks back as soon as they are freed, so that the activations of a
  // convolutional network are paid for in page faults, step by step. Measured on LeNet with 32 and 64
  // channels, 28 x 28, batch 64, one thread: 3,500 page faults a step without these lines, next to none with
  // them, and 0.82 to 0.84 of the CPU time (3 pairs). Up to 20 and 50 channels glibc adapts by itself: no
  // difference.
  mallopt(M_MMAP_THRESHOLD, 32 * mib);  // the largest it takes
  mallopt(M_TRIM_THRESHOLD, 512 * mib);
  mallopt(M_TOP_PAD, 64 * mib);  // address space: pages are taken when they are touched
#endif
}

void note_machine(Recorder& recorder, at::Device device, std::int64_t parameters) {
  recorder.note("libtorch", TORCH_VERSION);
  recorder.note("device", device.str());
  recorder.note("threads", at::get_num_threads());
  recorder.note("cpu_capability", at::get_cpu_capability());
  recorder.note("parameters", parameters);
}

}  // namespace assay::engine
