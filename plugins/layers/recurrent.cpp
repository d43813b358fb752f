#include "plugins/layers/recurrent.h"

#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ops/gru.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/rnn_relu.h>
#include <ATen/ops/rnn_tanh.h>
#include <ATen/ops/zeros.h>

#include "plugins/layers/weights.h"
#include "registry/contracts/tensor/dropout.h"

namespace assay::layers {

namespace {

/// What one layer makes of a sequence.
struct Steps {
  at::Tensor all;   // [batch, time, units * directions]
  at::Tensor last;  // [directions, batch, units]
};

/// x [batch, time, features] -> [batch, time, units * directions], or [batch, units * directions]. Layers are
/// run one by one: at::lstm's own dropout would draw from LibTorch's generator.
template <Cell cell>
class Recurrent final : public SimpleLayer {
 public:
  using Params = RecurrentParams<cell>;

  Recurrent(const Params& params, const LayerNeeds& needs) : params_(params) {
    const std::int64_t features = needs.inputs.front().sizes[1];
    // Registered by address: they must not move any more.
    weights_.resize(static_cast<std::size_t>(params.layers * params.directions()));
    auto weights = weights_.begin();
    for (std::int64_t layer = 0; layer < params.layers; ++layer) {
      for (std::int64_t direction = 0; direction < params.directions(); ++direction) {
        add_weights(*weights++, Params::suffix(layer, direction), params.inputs_of(layer, features), needs);
      }
      if (layer > 0) add_dropout(layer);
    }
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    Steps steps{x, {}};
    for (std::int64_t layer = 0; layer < params_.layers; ++layer) {
      if (layer > 0) steps.all = (*dropouts_[static_cast<std::size_t>(layer - 1)])(steps.all, context);
      steps = run(steps.all, layer);
    }
    if (params_.output == "all") return steps.all;
    return steps.last.transpose(0, 1).reshape({x.size(0), params_.directions() * params_.units});
  }

 private:
  /// Of one layer in one direction.
  struct Weights {
    at::Tensor input, recurrent, input_bias, recurrent_bias;
  };

  void add_weights(Weights& weights, const std::string& end, std::int64_t features, const LayerNeeds& needs) {
    const std::int64_t rows = gates_of(cell) * params_.units;
    const auto add = [&](at::Tensor& tensor, const std::string& name, const std::vector<std::int64_t>& shape,
                         const Slot<Init>& init, std::int64_t fan_in) {
      tensor = drawn(name, shape, init, {fan_in, params_.units}, needs);
      add_parameter(name, tensor);
    };
    add(weights.input, "weight_ih" + end, {rows, features}, params_.init.weight, features);
    add(weights.recurrent, "weight_hh" + end, {rows, params_.units}, params_.init.recurrent, params_.units);
    if (!params_.bias) return;
    add(weights.input_bias, "bias_ih" + end, {rows}, params_.init.bias, features);
    add(weights.recurrent_bias, "bias_hh" + end, {rows}, params_.init.bias, params_.units);
  }

  void add_dropout(std::int64_t layer) {
    dropouts_.push_back(std::make_unique<Dropout>(params_.dropout));
    add_child(text("dropout_l", layer), *dropouts_.back());
  }

  Steps run(const at::Tensor& x, std::int64_t layer) const {
    std::vector<at::Tensor> weights;
    for (std::int64_t direction = 0; direction < params_.directions(); ++direction) {
      const Weights& some = weights_[static_cast<std::size_t>(layer * params_.directions() + direction)];
      weights.insert(weights.end(), {some.input, some.recurrent});
      if (params_.bias) weights.insert(weights.end(), {some.input_bias, some.recurrent_bias});
    }
    const at::Tensor start = at::zeros({params_.directions(), x.size(0), params_.units}, x.options());
    const auto with = [&](auto operation, const auto& state) {
      auto result = operation(x, state, at::TensorList(weights), params_.bias, /*num_layers=*/1,
                              /*dropout=*/0.0, /*train=*/true, params_.bidirectional, /*batch_first=*/true);
      return Steps{std::get<0>(result), std::get<1>(result)};
    };
    if constexpr (cell == Cell::lstm) {
      return with([](auto&&... all) { return at::lstm(all...); }, std::vector{start, start});
    } else if constexpr (cell == Cell::gru) {
      return with([](auto&&... all) { return at::gru(all...); }, start);
    } else if (params_.activation == "relu") {
      return with([](auto&&... all) { return at::rnn_relu(all...); }, start);
    } else {
      return with([](auto&&... all) { return at::rnn_tanh(all...); }, start);
    }
  }

  Params params_;
  std::vector<Weights> weights_;  // of layer 0 forwards and backwards, of layer 1, ...
  std::vector<std::unique_ptr<Dropout>> dropouts_;
};

}  // namespace

void implement_recurrent(Implementations& parts) {
  parts.add<Recurrent<Cell::rnn>>("rnn");
  parts.add<Recurrent<Cell::lstm>>("lstm");
  parts.add<Recurrent<Cell::gru>>("gru");
}

}  // namespace assay::layers
