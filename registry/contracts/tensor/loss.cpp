#include "registry/contracts/tensor/loss.h"

namespace assay {

at::Tensor LossValue::mean() const { return weight.defined() ? sum / weight : sum / count; }

}  // namespace assay
