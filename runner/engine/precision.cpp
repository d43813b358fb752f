#include "runner/engine/precision.h"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>

#include "core/error.h"

namespace assay::engine {

Precision precision_of(const std::string& word) {
  if (word == "tf32") return Precision::tf32;
  if (word == "bf16") return Precision::bf16;
  if (word == "fp16") return Precision::fp16;
  ASSAY_ASSERT(word == "fp32");
  return Precision::fp32;
}

void configure_precision(Precision precision, bool flush_denormals) {
  at::Context& context = at::globalContext();
  context.setAllowTF32CuBLAS(precision == Precision::tf32);
  context.setAllowTF32CuDNN(precision == Precision::tf32);
  at::Context::setFlushDenormal(flush_denormals);
}

Autocast::Autocast(Precision precision, at::Device device)
    : is_on_(precision == Precision::bf16 || precision == Precision::fp16), device_(device.type()) {
  if (!is_on_) return;
  at::autocast::set_autocast_dtype(device_, precision == Precision::bf16 ? at::kBFloat16 : at::kHalf);
  at::autocast::set_autocast_enabled(device_, true);
}

Autocast::~Autocast() {
  if (!is_on_) return;
  at::autocast::set_autocast_enabled(device_, false);
  at::autocast::clear_cache();
}

}  // namespace assay::engine
