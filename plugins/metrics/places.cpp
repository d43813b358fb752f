#include "plugins/metrics/places.h"

#include <ATen/ops/eq.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/zeros.h>

#include "registry/contracts/tensor/arrays.h"

namespace assay::metrics {

Places::Places(std::optional<std::int64_t> ignored, at::Device device) : ignored_(ignored) {
  if (ignored) passed_over_ = at::zeros({}, at::TensorOptions(at::kLong).device(device));
}

void Places::reset() {
  seen_ = 0;
  if (ignored_) passed_over_.zero_();
}

void Places::add(const at::Tensor& target) {
  seen_ += target.numel();
  if (ignored_) passed_over_.add_(at::eq(target, *ignored_).sum());
}

at::Tensor Places::only_counted(const at::Tensor& values, const at::Tensor& target) const {
  return ignored_ ? values.mul(at::ne(target, *ignored_)) : values;
}

std::int64_t Places::count() const { return ignored_ ? seen_ - passed_over_.item<std::int64_t>() : seen_; }

void Places::save(StateWriter& out) const {
  out.integer("seen", seen_);
  if (ignored_) save_tensor(out, "passed_over", passed_over_);
}

void Places::load(const StateReader& in) {
  seen_ = in.integer("seen");
  if (ignored_) load_tensor(in, "passed_over", passed_over_);
}

void Places::merge(const StateReader& other) {
  seen_ += other.integer("seen");
  if (ignored_) passed_over_.add_(saved_tensor(other, "passed_over", passed_over_));
}

}  // namespace assay::metrics
