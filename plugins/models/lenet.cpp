#include "plugins/models/lenet.h"

#include <memory>

#include <ATen/ops/conv2d.h>

#include "plugins/models/blocks.h"
#include "registry/contracts/tensor/max_pool.h"
#include "registry/contracts/tensor/model.h"

namespace assay::models {

namespace {

/// x [batch, channels, height, width] or [batch, height, width] float -> scores [batch, outputs].
class Lenet final : public SimpleModel {
 public:
  using Params = LenetParams;

  Lenet(const Params& params, const Needs& needs) {
    Shape shape = Params::as_image(needs.facts.inputs.front().shape);
    for (const std::int64_t channels : params.channels)
      shape = add_convolution(channels, shape, params, needs);
    const DenseOptions options{params.hidden, params.activation, params.init, params.dropout, params.dropout};
    stack_ = std::make_unique<DenseStack>(element_count(shape.sizes), options, needs);
    add_child("", *stack_);
    to(needs.device);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    at::Tensor h = x.dim() == 3 ? x.unsqueeze(1) : x;
    for (const auto& convolution : convolutions_) {
      h = at::conv2d(h, convolution->weight(), convolution->bias(), /*stride=*/1, "same");
      h = activate_and_pool(*convolution, h, context);
    }
    return stack_->forward(h, context);
  }

 private:
  static at::Tensor pooled(const at::Tensor& h) {
    return max_pool2d(h, /*kernel=*/2, /*stride=*/2, /*padding=*/0);
  }
  static at::Tensor activate_and_pool(Affine& convolution, const at::Tensor& h, Context& context) {
    if (convolution.commutes_with_max()) return convolution.activate(pooled(h), context);
    return pooled(convolution.activate(h, context));
  }
  /// Returns the shape after it.
  Shape add_convolution(std::int64_t channels, const Shape& in, const Params& params, const Needs& needs) {
    const std::string name = text("convolutions.", convolutions_.size());
    const std::vector<std::int64_t> weight{channels, in.sizes[0], params.kernel, params.kernel};
    convolutions_.push_back(std::make_unique<Affine>(name, weight, params.init, needs));
    convolutions_.back()->add_activation(name, params.activation, {{channels, in.sizes[1], in.sizes[2]}},
                                         needs);
    add_child(name, *convolutions_.back());
    return {{channels, in.sizes[1] / 2, in.sizes[2] / 2}};
  }

  std::vector<std::unique_ptr<Affine>> convolutions_;
  std::unique_ptr<DenseStack> stack_;
};

}  // namespace

void implement_lenet(Implementations& parts) { parts.add<Lenet>("lenet"); }

}  // namespace assay::models
