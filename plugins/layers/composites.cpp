#include "plugins/layers/composites.h"

#include <memory>
#include <string>
#include <utility>

#include <ATen/ops/add.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/mul.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, ...] -> what the last layer makes of it.
class Sequence final : public SimpleLayer {
 public:
  using Params = SequenceParams;

  Sequence(const Params& params, const Needs& needs) {
    Shape shape = needs.inputs.front();
    chain_.append("layers", params.layers, needs, shape);
    add_child("", chain_);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override { return chain_.forward(x, context); }

 private:
  Chain chain_;
};

/// x [batch, ...] -> layers(x) + shortcut(x).
class Residual final : public SimpleLayer {
 public:
  using Params = ResidualParams;

  Residual(const Params& params, const Needs& needs) {
    Shape made = needs.inputs.front(), added = needs.inputs.front();
    chain_.append("layers", params.layers, needs, made);
    shortcut_.append("shortcut", params.shortcut, needs, added);
    add_child("", chain_);
    add_child("", shortcut_);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    return at::add(chain_.forward(x, context), shortcut_.forward(x, context));
  }

 private:
  Chain chain_;
  Chain shortcut_;
};

/// x [batch, ...] -> what the last layer of the last copy makes of it.
class Repeat final : public SimpleLayer {
 public:
  using Params = RepeatParams;

  Repeat(const Params& params, const Needs& needs) : shared_times_(params.shared ? params.times : 0) {
    Shape shape = needs.inputs.front();
    const std::int64_t copies = params.shared ? std::min<std::int64_t>(params.times, 1) : params.times;
    for (std::int64_t i = 0; i < copies; ++i) {
      chain_.append(text(i, ".layers"), params.layers, needs, shape);
    }
    add_child("", chain_);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    if (shared_times_ == 0) return chain_.forward(x, context);
    const std::uint32_t outer = context.repetition;
    at::Tensor h = x;
    for (std::uint32_t i = 0; i < shared_times_; ++i) {
      context.repetition = outer * static_cast<std::uint32_t>(shared_times_) + i;
      h = chain_.forward(h, context);
    }
    context.repetition = outer;
    return h;
  }

 private:
  Chain chain_;  // of all copies
  std::int64_t shared_times_;
};

/// inputs [batch, ...] each -> their sum.
class Add final : public Layer {
 public:
  using Params = AddParams;
  Add(const Params&, const Needs&) {}

  at::Tensor forward(const std::vector<at::Tensor>& inputs, Context&) override {
    at::Tensor sum = inputs.front();
    for (std::size_t i = 1; i < inputs.size(); ++i) sum = at::add(sum, inputs[i]);
    return sum;
  }
};

/// inputs [batch, ...] each -> their product.
class Multiply final : public Layer {
 public:
  using Params = MultiplyParams;
  Multiply(const Params&, const Needs&) {}

  at::Tensor forward(const std::vector<at::Tensor>& inputs, Context&) override {
    at::Tensor product = inputs.front();
    for (std::size_t i = 1; i < inputs.size(); ++i) product = at::mul(product, inputs[i]);
    return product;
  }
};

/// inputs [batch, ...] each -> side by side.
class Concat final : public Layer {
 public:
  using Params = ConcatParams;
  Concat(const Params& params, const Needs&) : axis_(params.axis < 0 ? params.axis : params.axis + 1) {}

  at::Tensor forward(const std::vector<at::Tensor>& inputs, Context&) override {
    return at::cat(inputs, axis_);
  }

 private:
  std::int64_t axis_;  // in a batch
};

}  // namespace

void implement_composites(Implementations& parts) {
  parts.add<Add>("add");
  parts.add<Concat>("concat");
  parts.add<Multiply>("multiply");
  parts.add<Repeat>("repeat");
  parts.add<Residual>("residual");
  parts.add<Sequence>("sequence");
}

}  // namespace assay::layers
