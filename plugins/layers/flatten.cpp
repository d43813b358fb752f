#include "plugins/layers/flatten.h"

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, ...] -> [batch, features].
class Flatten final : public SimpleLayer {
 public:
  using Params = FlattenParams;
  Flatten(const Params&, const Needs& needs) : features_(element_count(needs.inputs.front().sizes)) {}

  at::Tensor forward(const at::Tensor& x, Context&) override { return x.reshape({x.size(0), features_}); }

 private:
  std::int64_t features_;
};

}  // namespace

void implement_flatten(Implementations& parts) { parts.add<Flatten>("flatten"); }

}  // namespace assay::layers
