#include "plugins/layers/shaping.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// Where an axis of a sample lies in a batch.
std::int64_t in_batch(std::int64_t axis) { return axis < 0 ? axis : axis + 1; }

at::Tensor apply(const FlattenParams&, const at::Tensor& x) {
  return x.dim() == 1 ? x.unsqueeze(1) : x.flatten(1);
}

at::Tensor apply(const ReshapeParams& p, const at::Tensor& x) {
  std::vector<std::int64_t> shape = p.shape;
  shape.insert(shape.begin(), x.size(0));
  return x.reshape(shape);
}

at::Tensor apply(const PermuteParams& p, const at::Tensor& x) {
  std::vector<std::int64_t> order{0};
  for (const std::int64_t axis : p.order) order.push_back(axis + 1);
  return x.permute(order);
}

at::Tensor apply(const SelectParams& p, const at::Tensor& x) { return x.select(in_batch(p.axis), p.index); }

at::Tensor apply(const MeanParams& p, const at::Tensor& x) { return x.mean(in_batch(p.axis)); }

at::Tensor apply(const PadParams& p, const at::Tensor& x) {
  const std::int64_t axis = p.axis < 0 ? p.axis + x.dim() : p.axis + 1;
  // Pairs of zeros before and after, from the last axis backwards.
  std::vector<std::int64_t> pad(static_cast<std::size_t>(2 * (x.dim() - axis)), 0);
  pad[pad.size() - 2] = p.before;
  pad[pad.size() - 1] = p.after;
  return at::constant_pad_nd(x, pad);
}

at::Tensor apply(const UpsampleParams& p, const at::Tensor& x) {
  const std::vector<std::int64_t> size{p.factor * x.size(2), p.factor * x.size(3)};
  if (p.mode == "nearest") return at::upsample_nearest2d(x, size);
  return at::upsample_bilinear2d(x, size, /*align_corners=*/false);
}

/// x [batch, ...] -> [batch, ...], as the shape function says.
template <class P>
class Shaping final : public SimpleLayer {
 public:
  using Params = P;
  Shaping(const Params& params, const LayerNeeds&) : params_(params) {}

  at::Tensor forward(const at::Tensor& x, Context&) override { return apply(params_, x); }

 private:
  Params params_;
};

}  // namespace

void implement_shaping(Implementations& parts) {
  parts.add<Shaping<FlattenParams>>("flatten");
  parts.add<Shaping<MeanParams>>("mean");
  parts.add<Shaping<PadParams>>("pad");
  parts.add<Shaping<PermuteParams>>("permute");
  parts.add<Shaping<ReshapeParams>>("reshape");
  parts.add<Shaping<SelectParams>>("select");
  parts.add<Shaping<UpsampleParams>>("upsample");
}

}  // namespace assay::layers
