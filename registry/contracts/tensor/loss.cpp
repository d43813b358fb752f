#include "registry/contracts/tensor/loss.h"

#include <ATen/ops/div.h>

namespace assay {

at::Tensor LossValue::mean() const { return weight.defined() ? at::div(sum, weight) : at::div(sum, count); }

at::Tensor Loss::predictions(const at::Tensor& scores) const { return scores; }

}  // namespace assay
