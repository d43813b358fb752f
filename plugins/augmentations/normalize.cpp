#include "plugins/augmentations/normalize.h"

#include <ATen/ops/tensor.h>

#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::augmentations {
namespace {

/// [channels, 1, 1], or [1, 1, 1] for all.
at::Tensor per_channel(const std::vector<double>& values) {
  return at::tensor(values, at::kFloat).view({-1, 1, 1});
}

class Normalize final : public Augmentation {
 public:
  using Params = NormalizeParams;
  Normalize(const Params& params, const Needs&)
      : mean_(per_channel(params.mean)), std_(per_channel(params.std)) {}

  at::Tensor operator()(const at::Tensor& x, const Context&) const override {
    return x.sub(mean_.to(x.device())).div_(std_.to(x.device()));
  }

 private:
  at::Tensor mean_;
  at::Tensor std_;
};

}  // namespace

void implement_normalize(Implementations& parts) { parts.add<Normalize>("normalize"); }

}  // namespace assay::augmentations
