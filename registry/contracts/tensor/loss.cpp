#include "registry/contracts/tensor/loss.h"

#include <limits>

#include <ATen/ops/clamp_min.h>
#include <ATen/ops/div.h>
#include <ATen/ops/softmax.h>

namespace assay {

at::Tensor LossValue::mean() const {
  if (!weight.defined()) return at::div(sum, count);
  return at::div(sum, at::clamp_min(weight, std::numeric_limits<float>::min()));
}

at::Tensor Loss::predictions(const at::Tensor& scores) const { return scores; }

at::Tensor Loss::probabilities(const at::Tensor& scores) const { return at::softmax(scores, -1); }

}  // namespace assay
