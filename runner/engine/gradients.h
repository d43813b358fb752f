// What is done to the gradients of a step between the backward pass and the optimizer. Nothing here waits for
// the device.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/state.h"

namespace assay::engine {

/// The L2 norm of all of them together: 0-d, on their device. At least one.
at::Tensor total_norm(at::TensorList gradients);

/// Scales gradients so that their joint L2 norm is at most `limit`, and returns the norm before, 0-d. The
/// numbers are those of torch.nn.utils.clip_grad_norm_: a norm that is nan or inf spoils all of them.
/// Source: Pascanu et al. 2013, sec. 3.2.
at::Tensor clip_norm(at::TensorList gradients, double limit);

/// Cuts each number off at +-limit, as torch.nn.utils.clip_grad_value_.
void clip_value(at::TensorList gradients, double limit);

/// Dynamic loss scaling, for gradients that fp16 would round to nothing: the loss is multiplied by a scale,
/// the gradients are divided by it again. A step whose gradients overflow is left out and halves the scale;
/// it doubles after `growth_interval` steps without one. The numbers are those of torch.amp.GradScaler at its
/// defaults. Source: Micikevicius et al. 2018, Mixed Precision Training, sec. 3.2.
class GradScaler {
 public:
  explicit GradScaler(at::Device device, std::int64_t growth_interval = 2000);

  const at::Tensor& scale() const { return scale_; }  // 0-d f32
  /// Divides by the scale. Returns 1 if a number is nan or inf, else 0: 0-d f32, on the device.
  const at::Tensor& unscale(at::TensorList gradients);
  /// After the step that unscale() was for.
  void update();

  void save(StateWriter& out) const;
  void load(const StateReader& in);

 private:
  std::int64_t growth_interval_;  // steps without an overflow that double the scale
  at::Tensor scale_;
  at::Tensor growth_tracker_;  // 0-d i32: steps since the scale last changed
  at::Tensor found_inf_;
};

}  // namespace assay::engine
