#include "runner/engine/gradients.h"

#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale.h>
#include <ATen/ops/_amp_update_scale.h>
#include <ATen/ops/_foreach_clamp_max.h>
#include <ATen/ops/_foreach_clamp_min.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/clamp_max.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "registry/contracts/tensor/arrays.h"

namespace assay::engine {
namespace {

constexpr double first_scale = 65536;
constexpr double growth = 2;
constexpr double backoff = 0.5;

// On the CPU a number can be looked at for nothing.
bool is_known_to_be_one(const at::Tensor& number) {
  return number.is_cpu() && number.scalar_type() == at::kFloat && *number.const_data_ptr<float>() == 1;
}

}  // namespace

at::Tensor total_norm(at::TensorList gradients) {
  const c10::NoGradGuard no_grad;
  return at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients, 2)));
}

at::Tensor clip_norm(at::TensorList gradients, double limit) {
  const c10::NoGradGuard no_grad;
  at::Tensor norm = total_norm(gradients);
  const at::Tensor factor = norm.add(1e-6).reciprocal_().mul_(limit).clamp_max_(1);
  if (!is_known_to_be_one(factor)) at::_foreach_mul_(gradients, factor);
  return norm;
}

void clip_value(at::TensorList gradients, double limit) {
  const c10::NoGradGuard no_grad;
  at::_foreach_clamp_min_(gradients, -limit);
  at::_foreach_clamp_max_(gradients, limit);
}

GradScaler::GradScaler(at::Device device, std::int64_t growth_interval)
    : growth_interval_(growth_interval),
      scale_(at::full({}, first_scale, at::TensorOptions(device).dtype(at::kFloat))),
      growth_tracker_(at::zeros({}, at::TensorOptions(device).dtype(at::kInt))),
      found_inf_(at::zeros({}, at::TensorOptions(device).dtype(at::kFloat))) {}

const at::Tensor& GradScaler::unscale(at::TensorList gradients) {
  const c10::NoGradGuard no_grad;
  found_inf_.zero_();
  const at::Tensor inverse = scale_.to(at::kDouble).reciprocal_().to(at::kFloat);
  at::_amp_foreach_non_finite_check_and_unscale_(gradients, found_inf_, inverse);
  return found_inf_;
}

void GradScaler::update() {
  const c10::NoGradGuard no_grad;
  at::_amp_update_scale_(scale_, growth_tracker_, found_inf_, growth, backoff, growth_interval_);
}

void GradScaler::save(StateWriter& out) const {
  save_tensor(out, "scale", scale_);
  save_tensor(out, "growth_tracker", growth_tracker_);
}

void GradScaler::load(const StateReader& in) {
  load_tensor(in, "scale", scale_);
  load_tensor(in, "growth_tracker", growth_tracker_);
}

}  // namespace assay::engine
