#include "plugins/augmentations/flip.h"

#include <ATen/ops/flip.h>
#include <ATen/ops/where.h>

#include "plugins/augmentations/draws.h"
#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::augmentations {
namespace {

template <Flip flip>
class RandomFlip final : public Augmentation {
 public:
  using Params = FlipParams<flip>;
  RandomFlip(const Params& params, const Needs& needs) : p_(params.p), stream_(needs.stream) {}

  at::Tensor operator()(const at::Tensor& x, const Context& context) const override {
    if (!context.is_training) return x;
    std::vector<std::int64_t> is_flipped;
    for_each_sample(stream_, context,
                    [&](Draws& draws) { is_flipped.push_back(draws.uniform() < p_ ? 1 : 0); });
    const at::Tensor mask = tensor_like(is_flipped, x).to(at::kBool).view({-1, 1, 1, 1});
    return at::where(mask, at::flip(x, {flip == Flip::horizontal ? 3 : 2}), x);
  }

 private:
  double p_;
  Stream stream_;
};

}  // namespace

void implement_flips(Implementations& parts) {
  parts.add<RandomFlip<Flip::horizontal>>("horizontal_flip");
  parts.add<RandomFlip<Flip::vertical>>("vertical_flip");
}

}  // namespace assay::augmentations
