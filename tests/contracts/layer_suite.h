// What holds for every layer.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// Parameters and an input that suit a layer.
struct LayerSample {
  std::string config = "{}";
  Shape input{{3, 4, 4}};               // of one sample; integers are tokens from 0 to 6
  std::vector<Shape> more_inputs = {};  // of layers with several
};

inline LayerSample layer_sample(const std::string& name) {
  static const std::map<std::string, LayerSample> samples{
      {"add", {"{}", {{3, 4}}, {{{3, 1}}}}},
      {"avg_pool1d", {"{}", {{2, 5}}}},
      {"avg_pool2d", {R"({"kernel": 3, "stride": 2, "padding": 1})", {{2, 5, 6}}}},
      {"batch_norm", {"{}", {{3, 4}}}},
      {"concat", {R"({"axis": -1})", {{3, 4}}, {{{3, 1}}, {{3, 2}}}}},
      {"conv1d", {R"({"channels": 4, "groups": 2, "padding": "causal", "dilation": 2})", {{2, 6}}}},
      {"conv2d", {R"({"channels": 4, "groups": 2, "padding": 1, "stride": 2})", {{2, 5, 6}}}},
      {"embedding", {R"({"units": 3, "vocabulary": 7})", {{4}, Dtype::i64}}},
      {"group_norm", {R"({"groups": 2})", {{4, 3}}}},
      {"gru", {R"({"units": 2, "layers": 2, "dropout": 0.3, "output": "last"})", {{4, 3}}}},
      {"learned_positions", {R"({"length": 5})", {{4, 3}}}},
      {"linear", {R"({"units": 4})", {{6}}}},
      {"lstm", {R"({"units": 2, "layers": 2, "dropout": 0.3, "bidirectional": true})", {{4, 3}}}},
      {"max_pool1d", {"{}", {{2, 5}}}},
      {"max_pool2d", {"{}", {{2, 5, 6}}}},
      {"multi_head_attention", {R"({"heads": 2, "causal": true, "rotary": true, "dropout": 0.3})", {{3, 4}}}},
      {"multiply", {"{}", {{3, 4}}, {{{1, 4}}}}},
      {"pad", {R"({"axis": 1, "before": 1, "after": 2})"}},
      {"permute", {R"({"order": [2, 0, 1]})", {{2, 3, 4}}}},
      {"repeat",
       {R"({"times": 2, "shared": true, "layers": [{"type": "linear", "units": 5}, {"type": "dropout", "p": 0.3}]})",
        {{5}}}},
      {"reshape", {R"({"shape": [6, -1]})"}},
      {"residual",
       {R"({"layers": [{"type": "linear", "units": 3}, "tanh"], "shortcut": [{"type": "linear", "units": 3}]})",
        {{5}}}},
      {"rnn", {R"({"units": 2, "bidirectional": true, "output": "last"})", {{4, 3}}}},
      {"sequence", {R"({"layers": [{"type": "linear", "units": 4}, "tanh"]})", {{5}}}},
      {"sinusoidal_positions", {"{}", {{4, 3}}}},
      {"transformer_block",
       {R"({"heads": 2, "dropout": 0.3, "hidden_dropout": 0.2, "mlp_ratio": 1.5})", {{3, 4}}}},
      {"upsample", {R"({"mode": "bilinear"})", {{2, 2, 3}}}},
  };
  const auto found = samples.find(name);
  return found == samples.end() ? LayerSample{} : found->second;
}

inline Shape shape_of(const Json& sizes, Dtype dtype) {
  Shape shape{{}, dtype};
  for (const Json& size : sizes.items()) shape.sizes.push_back(size.integer());
  return shape;
}

/// Of a plugin's layer, `input: [3, 4]`, or a list of these for one with several; with `tokens: true`, of
/// integers.
inline LayerSample layer_sample(const Component& component) {
  LayerSample sample = layer_sample(component.info->name);
  const Json* input = component.sample.find("input");
  if (input == nullptr) return sample;
  const Json* tokens = component.sample.find("tokens");
  const Dtype dtype = tokens != nullptr && tokens->boolean() ? Dtype::i64 : Dtype::f32;
  const bool has_several = !input->items().empty() && input->items().front().is_list();
  sample.input = shape_of(has_several ? input->items().front() : *input, dtype);
  for (std::size_t i = 1; has_several && i < input->items().size(); ++i)
    sample.more_inputs.push_back(shape_of(input->items()[i], dtype));
  return sample;
}

class LayerSuite : public ::testing::TestWithParam<Component> {
 protected:
  static constexpr std::int64_t batch = 4;

  std::unique_ptr<Layer> build(std::uint64_t seed = 1) const {
    const LayerNeeds parent{shapes(), facts_, *GetParam().parts, {seed, {}}};
    auto layer = build_layer("it", slot_, shapes(), parent).layer;
    layer->name_tree("it");
    return layer;
  }
  std::vector<Shape> shapes() const {
    std::vector<Shape> all{sample_.input};
    all.insert(all.end(), sample_.more_inputs.begin(), sample_.more_inputs.end());
    return all;
  }
  static at::Tensor run(Layer& layer, const std::vector<at::Tensor>& inputs) {
    const std::vector<std::int64_t> ids = ids_from(0, inputs.front().size(0));
    Context context = training_context(ids);
    return layer.forward(inputs, context);
  }
  std::vector<at::Tensor> inputs(at::ScalarType type = at::kFloat) const {
    std::vector<at::Tensor> all;
    for (const Shape& shape : shapes()) {
      const std::vector<std::int64_t> sizes = with_batch(batch, shape.sizes);
      const bool is_tokens = shape.dtype == Dtype::i64;
      all.push_back(is_tokens ? at::arange(element_count(sizes), at::kLong).remainder(7).reshape(sizes)
                              : spread(sizes, type));
    }
    return all;
  }

  LayerSample sample_ = layer_sample(GetParam());
  ModelFacts facts_ = facts_of(sample_.input.sizes);
  Slot<Layer> slot_ = bind_filled<Layer>(GetParam(), sample_.config);
};

TEST_P(LayerSuite, ShapeFunctionSaysWhatTheLayerIs) {
  Outline outline(facts_);
  const Shape declared = outline.layer("it", slot_, shapes());
  const auto layer = build();

  std::vector<TensorOutline> tensors = outline.tensors();
  for (TensorOutline& tensor : tensors) tensor.name = tensor.name.substr(3);  // "it."
  expect_outline_is_true(tensors, *layer);
  EXPECT_EQ(run(*layer, inputs()).sizes().vec(), with_batch(batch, declared.sizes));
}

TEST_P(LayerSuite, SameSeedSameWeights) {
  const auto a = build(1), b = build(1);
  expect_same_tensors(*a, *b);
}

TEST_P(LayerSuite, SavedAndLoadedItIsTheSame) {
  const auto layer = build(1), other = build(2);
  run(*layer, inputs());  // moves running means
  const State state = saved(*layer);
  other->load(StateReader(state));

  expect_same_tensors(*layer, *other);
  EXPECT_TRUE(run(*layer, inputs()).equal(run(*other, inputs())));
}

TEST_P(LayerSuite, WhatIsDrawnForASampleIsTheSameInAnyBatch) {
  const auto layer = build();
  const auto drawn = [&](std::int64_t first, std::int64_t count) {
    const std::vector<std::int64_t> ids = ids_from(100 + first, count);
    Context context = training_context(ids);
    context.is_training = false;  // batch statistics would differ; draws are on as in Monte-Carlo prediction
    context.draws_in_evaluation = true;
    std::vector<at::Tensor> part;
    for (const at::Tensor& x : inputs()) part.push_back(x.narrow(0, first, count));
    return layer->forward(part, context);
  };

  EXPECT_TRUE(drawn(0, batch).allclose(at::cat({drawn(0, 1), drawn(1, batch - 1)}), 1e-5, 1e-6));
}

/// The gradients of autograd against differences of the function itself, in f64.
TEST_P(LayerSuite, GradientsAreThoseOfTheFunction) {
  constexpr double step = 1e-6, tolerance = 1e-7;
  const auto layer = build();
  std::vector<at::Tensor> x = inputs(at::kDouble);
  std::vector<at::Tensor*> places;
  for (at::Tensor& input : x) {
    if (!input.is_floating_point()) continue;
    input.requires_grad_(true);
    places.push_back(&input);
  }
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
