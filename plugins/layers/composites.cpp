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

/// Layers one after the other, which are children of `owner` with the names that outline_list gives them.
class List {
 public:
  /// add_child: how the owner registers a child.
  template <class AddChild>
  void build(const std::string& name, const std::vector<Slot<Layer>>& slots, const LayerNeeds& needs,
             Shape& shape, const AddChild& add_child) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const std::string child = text(name, '.', i);
      BuiltLayer built = build_layer(child, slots[i], {shape}, needs);
      shape = std::move(built.output);
      layers_.push_back(std::move(built.layer));
      add_child(child, *layers_.back());
    }
  }

  at::Tensor forward(const at::Tensor& x, Context& context) {
    at::Tensor h = x;
    for (const auto& layer : layers_) h = layer->forward({h}, context);
    return h;
  }

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
};

/// x [batch, ...] -> what the last layer makes of it.
class Sequence final : public SimpleLayer {
 public:
  using Params = SequenceParams;

  Sequence(const Params& params, const Needs& needs) {
    Shape shape = needs.inputs.front();
    list_.build("layers", params.layers, needs, shape,
                [this](const std::string& name, Layer& layer) { add_child(name, layer); });
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override { return list_.forward(x, context); }

 private:
  List list_;
};

/// x [batch, ...] -> layers(x) + shortcut(x).
class Residual final : public SimpleLayer {
 public:
  using Params = ResidualParams;

  Residual(const Params& params, const Needs& needs) {
    const auto add = [this](const std::string& name, Layer& layer) { add_child(name, layer); };
    Shape made = needs.inputs.front(), added = needs.inputs.front();
    list_.build("layers", params.layers, needs, made, add);
    shortcut_.build("shortcut", params.shortcut, needs, added, add);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    return at::add(list_.forward(x, context), shortcut_.forward(x, context));
  }

 private:
  List list_;
  List shortcut_;
};

/// x [batch, ...] -> what the last layer of the last copy makes of it.
class Repeat final : public SimpleLayer {
 public:
  using Params = RepeatParams;

  Repeat(const Params& params, const Needs& needs) : shared_times_(params.shared ? params.times : 0) {
    Shape shape = needs.inputs.front();
    const std::int64_t copies = params.shared ? std::min<std::int64_t>(params.times, 1) : params.times;
    for (std::int64_t i = 0; i < copies; ++i) {
      list_.build(text(i, ".layers"), params.layers, needs, shape,
                  [this](const std::string& name, Layer& layer) { add_child(name, layer); });
    }
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    if (shared_times_ == 0) return list_.forward(x, context);
    const std::uint32_t outer = context.repetition;
    at::Tensor h = x;
    for (std::uint32_t i = 0; i < shared_times_; ++i) {
      context.repetition = outer * static_cast<std::uint32_t>(shared_times_) + i;
      h = list_.forward(h, context);
    }
    context.repetition = outer;
    return h;
  }

 private:
  List list_;  // of all copies
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
