// What holds for every layer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/layer_samples.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

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
