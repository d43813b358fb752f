#include "plugins/models/mlp.h"

#include <ATen/ops/linear.h>

#include <memory>
#include <optional>

#include "plugins/models/affine.h"
#include "registry/contracts/tensor/dropout.h"
#include "registry/contracts/tensor/model.h"

namespace assay::models {

namespace {

/// x [batch, ...] float -> scores [batch, outputs]. Weights are `layers.<i>.weight` and `.bias`, the last ones of the
/// output layer.
class Mlp final : public SimpleModel {
 public:
  using Params = MlpParams;

  Mlp(const Params& params, const Needs& needs) : input_dropout_(params.input_dropout) {
    add_child("input_dropout", input_dropout_);
    std::int64_t features = element_count(needs.facts.inputs.front().shape.sizes);
    for (const std::int64_t units : params.hidden) {
      add_affine(units, features, params, needs);
      add_activation(units, params, needs);
      features = units;
    }
    add_affine(needs.facts.outputs(), features, params, needs);
    to(needs.device);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    at::Tensor h = input_dropout_(x.reshape({x.size(0), layers_.front()->weight().size(1)}), context);
    for (std::size_t i = 0; i < activations_.size(); ++i) {
      h = at::linear(h, layers_[i]->weight(), layers_[i]->bias());
      h = (*dropouts_[i])(activations_[i]->forward({h}, context), context);
    }
    return at::linear(h, layers_.back()->weight(), layers_.back()->bias());
  }

 private:
  void add_affine(std::int64_t units, std::int64_t features, const Params& params, const Needs& needs) {
    const std::string name = text("layers.", layers_.size());
    layers_.push_back(std::make_unique<Affine>(name, std::vector{units, features}, params.init, needs));
    add_child(name, *layers_.back());
  }

  void add_activation(std::int64_t units, const Params& params, const Needs& needs) {
    const std::string number = text(activations_.size());
    activations_.push_back(build_activation("activations." + number, params.activation, {{units}}, needs));
    add_child("activations." + number, *activations_.back());
    dropouts_.push_back(std::make_unique<Dropout>(params.dropout));
    add_child("dropouts." + number, *dropouts_.back());
  }

  Dropout input_dropout_;
  std::vector<std::unique_ptr<Affine>> layers_;
  std::vector<std::unique_ptr<Layer>> activations_;  // after all layers but the last
  std::vector<std::unique_ptr<Dropout>> dropouts_;
};

}  // namespace

void implement_mlp(Implementations& parts) { parts.add<Mlp>("mlp"); }

}  // namespace assay::models
