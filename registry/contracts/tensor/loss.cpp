#include "registry/contracts/tensor/loss.h"

#include <ATen/ops/div.h>

namespace assay {

at::Tensor LossValue::mean() const { return weight.defined() ? at::div(sum, weight) : at::div(sum, count); }

}  // namespace assay
