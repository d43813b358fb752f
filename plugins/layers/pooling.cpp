#include "plugins/layers/pooling.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/max_pool1d.h>

#include "registry/contracts/tensor/max_pool.h"
#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, channels, length] -> [batch, channels, length'], and so on with height and width.
template <Pool pool, std::size_t axes>
class Pooling final : public SimpleLayer {
 public:
  using Params = PoolParams<pool, axes>;
  Pooling(const Params& params, const LayerNeeds&)
      : kernel_(params.kernel), stride_(params.stride.value_or(params.kernel)), padding_(params.padding) {}

  at::Tensor forward(const at::Tensor& x, Context&) override {
    if constexpr (pool == Pool::max && axes == 1) return at::max_pool1d(x, kernel_, stride_, padding_);
    if constexpr (pool == Pool::max && axes == 2) return max_pool2d(x, kernel_, stride_, padding_);
    if constexpr (pool == Pool::average && axes == 1) return at::avg_pool1d(x, kernel_, stride_, padding_);
    if constexpr (pool == Pool::average && axes == 2) return at::avg_pool2d(x, kernel_, stride_, padding_);
  }
  bool takes_max() const override { return pool == Pool::max; }

 private:
  std::int64_t kernel_;
  std::int64_t stride_;
  std::int64_t padding_;
};

/// x [batch, channels, height, width] -> [batch, channels, height', width'].
class AdaptiveAvgPool2d final : public SimpleLayer {
 public:
  using Params = AdaptiveAvgPool2dParams;
  AdaptiveAvgPool2d(const Params& params, const Needs&) : size_(params.size) {}

  at::Tensor forward(const at::Tensor& x, Context&) override { return at::adaptive_avg_pool2d(x, size_); }

 private:
  std::vector<std::int64_t> size_;
};

/// x [batch, channels, ...] -> [batch, channels].
class GlobalAvgPool final : public SimpleLayer {
 public:
  using Params = GlobalAvgPoolParams;
  GlobalAvgPool(const Params&, const Needs&) {}

  at::Tensor forward(const at::Tensor& x, Context&) override { return x.flatten(2).mean(2); }
};

}  // namespace

void implement_pooling(Implementations& parts) {
  parts.add<Pooling<Pool::max, 1>>("max_pool1d");
  parts.add<Pooling<Pool::max, 2>>("max_pool2d");
  parts.add<Pooling<Pool::average, 1>>("avg_pool1d");
  parts.add<Pooling<Pool::average, 2>>("avg_pool2d");
  parts.add<AdaptiveAvgPool2d>("adaptive_avg_pool2d");
  parts.add<GlobalAvgPool>("global_avg_pool");
}

}  // namespace assay::layers
