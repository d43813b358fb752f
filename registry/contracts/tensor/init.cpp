#include "registry/contracts/tensor/init.h"

#include <ATen/ops/empty.h>

namespace assay {

at::Tensor make_parameter(const std::string& name, const std::vector<std::int64_t>& shape, const Init& init,
                          std::int64_t fan_in, std::int64_t fan_out, const InitContext& context) {
  at::Tensor values = at::empty(shape, at::kFloat);
  init.fill(values, fan_in, fan_out, context.seed, context.path + name);
  return values.requires_grad_(true);
}

}  // namespace assay
