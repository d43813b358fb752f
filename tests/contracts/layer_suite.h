// What holds for every layer with one input.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// Parameters and an input that suit a layer.
struct LayerSample {
  std::string config = "{}";
  std::vector<std::int64_t> input{2, 5};  // of one sample
};

inline LayerSample layer_sample(const std::string& name) {
  static const std::map<std::string, LayerSample> samples{
      {"conv2d", {R"({"channels": 4, "groups": 2, "padding": 1, "stride": 2})", {2, 5, 6}}},
      {"linear", {R"({"units": 4})", {6}}},
      {"max_pool2d", {"{}", {2, 5, 6}}},
  };
  const auto found = samples.find(name);
  return found == samples.end() ? LayerSample{.config = "{}", .input = {3, 4, 4}} : found->second;
}

class LayerSuite : public ::testing::TestWithParam<Component> {
 protected:
  static constexpr std::int64_t batch = 4;

  std::unique_ptr<Layer> build(std::uint64_t seed = 1) const {
    const LayerNeeds parent{{Shape{sample_.input}}, facts_, *GetParam().parts, {seed, {}}};
    auto layer = build_layer("it", slot_, {Shape{sample_.input}}, parent).layer;
    layer->name_tree("it");
    return layer;
  }
  at::Tensor run(Layer& layer, const at::Tensor& x, std::int64_t first_id = 0) const {
    const std::vector<std::int64_t> ids = ids_from(first_id, x.size(0));
    Context context = training_context(ids);
    return layer.forward({x}, context);
  }
  at::Tensor input(at::ScalarType type = at::kFloat) const {
    return spread(with_batch(batch, sample_.input), type);
  }

  LayerSample sample_ = layer_sample(GetParam().info->name);
  ModelFacts facts_ = facts_of(sample_.input);
  Slot<Layer> slot_ = bind_filled<Layer>(GetParam(), sample_.config);
};

TEST_P(LayerSuite, ShapeFunctionSaysWhatTheLayerIs) {
  Outline outline(facts_);
  const Shape declared = outline.layer("it", slot_, Shape{sample_.input});
  const auto layer = build();

  std::vector<TensorOutline> tensors = outline.tensors();
  for (TensorOutline& tensor : tensors) tensor.name = tensor.name.substr(3);  // "it."
  expect_outline_is_true(tensors, *layer);
  EXPECT_EQ(run(*layer, input()).sizes().vec(), with_batch(batch, declared.sizes));
}

TEST_P(LayerSuite, SameSeedSameWeights) {
  const auto a = build(1), b = build(1);
  expect_same_tensors(*a, *b);
}

TEST_P(LayerSuite, SavedAndLoadedItIsTheSame) {
  const auto layer = build(1), other = build(2);
  run(*layer, input());  // moves running means
  const State state = saved(*layer);
  other->load(StateReader(state));

  expect_same_tensors(*layer, *other);
  EXPECT_TRUE(run(*layer, input()).equal(run(*other, input())));
}

/// The gradients of autograd against differences of the function itself, in f64.
TEST_P(LayerSuite, GradientsAreThoseOfTheFunction) {
  constexpr double step = 1e-6, tolerance = 1e-7;
  const auto layer = build();
  at::Tensor x = input(at::kDouble).requires_grad_(true);
  std::vector<at::Tensor*> places{&x};
  for (const auto& [name, tensor] : layer->parameters()) places.push_back(tensor);
  for (const auto& [name, tensor] : tensors_of(*layer)) {
    const bool is_trained = tensor->requires_grad();
    if (tensor->is_floating_point()) *tensor = tensor->detach().to(at::kDouble).requires_grad_(is_trained);
  }
  const at::Tensor weights = spread(run(*layer, x).sizes().vec(), at::kDouble);
  const auto value = [&] { return run(*layer, x).mul(weights).sum(); };
  value().backward();

  for (at::Tensor* place : places) {
    const at::Tensor gradient = place->grad().contiguous();
    double* const elements = place->mutable_data_ptr<double>();
    for (std::int64_t i = 0; i < place->numel(); ++i) {
      const double before = elements[i];
      elements[i] = before + step;
      const double above = value().item<double>();
      elements[i] = before - step;
      const double below = value().item<double>();
      elements[i] = before;
      EXPECT_NEAR(gradient.const_data_ptr<double>()[i], (above - below) / (2 * step), tolerance)
          << "element " << i;
    }
  }
}

}  // namespace assay::testing
