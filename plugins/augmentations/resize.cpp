#include "plugins/augmentations/resize.h"

#include "plugins/augmentations/interpolate.h"
#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::augmentations {
namespace {

class Resize final : public Augmentation {
 public:
  using Params = ResizeParams;
  Resize(const Params& params, const Needs&) : params_(params) {}

  at::Tensor operator()(const at::Tensor& x, const Context&) const override {
    if (x.size(2) == params_.size && x.size(3) == params_.size) return x;
    return interpolate(x, params_.size, params_.size, params_.mode, params_.antialias);
  }

 private:
  Params params_;
};

}  // namespace

void implement_resize(Implementations& parts) { parts.add<Resize>("resize"); }

}  // namespace assay::augmentations
