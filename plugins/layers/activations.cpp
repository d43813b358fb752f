#include "plugins/layers/activations.h"

#include <type_traits>

#include <ATen/ops/elu.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/mish.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/selu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/tanh.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

at::Tensor apply(const ReluParams&, const at::Tensor& x) { return at::relu(x); }
at::Tensor apply(const TanhParams&, const at::Tensor& x) { return at::tanh(x); }
at::Tensor apply(const SigmoidParams&, const at::Tensor& x) { return at::sigmoid(x); }
at::Tensor apply(const SiluParams&, const at::Tensor& x) { return at::silu(x); }
at::Tensor apply(const SeluParams&, const at::Tensor& x) { return at::selu(x); }
at::Tensor apply(const MishParams&, const at::Tensor& x) { return at::mish(x); }
at::Tensor apply(const HardswishParams&, const at::Tensor& x) { return at::hardswish(x); }
at::Tensor apply(const SoftplusParams& p, const at::Tensor& x) { return at::softplus(x, p.beta); }
at::Tensor apply(const GeluParams& p, const at::Tensor& x) { return at::gelu(x, p.approximate); }
at::Tensor apply(const LeakyReluParams& p, const at::Tensor& x) { return at::leaky_relu(x, p.slope); }
at::Tensor apply(const EluParams& p, const at::Tensor& x) { return at::elu(x, p.alpha); }

/// x [batch, ...] -> the same shape.
template <class P>
class ElementWise final : public SimpleLayer {
 public:
  using Params = P;
  ElementWise(const Params& params, const Needs&) : params_(params) {}

  at::Tensor forward(const at::Tensor& x, Context&) override { return apply(params_, x); }
  // Others are monotone as well, but where they saturate the gradient would go to another of equal values.
  bool commutes_with_max() const override { return std::is_same_v<P, ReluParams>; }

 private:
  Params params_;
};

}  // namespace

void implement_activations(Implementations& parts) {
  parts.add<ElementWise<EluParams>>("elu");
  parts.add<ElementWise<GeluParams>>("gelu");
  parts.add<ElementWise<HardswishParams>>("hardswish");
  parts.add<ElementWise<LeakyReluParams>>("leaky_relu");
  parts.add<ElementWise<MishParams>>("mish");
  parts.add<ElementWise<ReluParams>>("relu");
  parts.add<ElementWise<SeluParams>>("selu");
  parts.add<ElementWise<SigmoidParams>>("sigmoid");
  parts.add<ElementWise<SiluParams>>("silu");
  parts.add<ElementWise<SoftplusParams>>("softplus");
  parts.add<ElementWise<TanhParams>>("tanh");
}

}  // namespace assay::layers
