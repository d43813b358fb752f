// What holds for every model of one input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// Parameters that suit a model: small, with dropout where it has one.
inline std::string model_sample(const std::string& name) {
  if (name == "graph") {
    return R"({"nodes": [
      {"name": "flat", "layer": "flatten"},
      {"name": "left", "layer": {"type": "linear", "units": 4}},
      {"name": "right", "from": "flat", "layer": {"type": "sequence", "layers": [{"type": "linear", "units": 4}, "tanh"]}},
      {"name": "both", "from": ["left", "right"], "layer": "add"},
      {"name": "drop", "layer": {"type": "dropout", "p": 0.3}},
      {"name": "head", "from": "drop", "layer": "linear"}]})";
  }
  if (name == "lenet") return R"({"channels": [2, 3], "hidden": [7], "dropout": 0.3})";
  if (name == "mlp") return R"({"hidden": [9, 7], "dropout": 0.3, "input_dropout": 0.1})";
  if (name == "sequential") {
    return R"({"layers": [{"type": "conv2d", "channels": 2, "padding": "same"}, "batch_norm2d", "relu", "max_pool2d",
                          "flatten", {"type": "dropout", "p": 0.3}, {"type": "linear", "units": 5}, "gelu", "linear"]})";
  }
  return "{}";
}

class ModelSuite : public ::testing::TestWithParam<Component> {
 protected:
  static constexpr std::int64_t batch = 6;

  std::unique_ptr<Model> build(std::uint64_t seed = 1) const {
    auto model = GetParam().parts->build(slot_, ModelNeeds{facts_, *GetParam().parts, {seed, {}}});
    model->name_tree();
    return model;
  }
  /// Samples `first` to `first + count` of always the same data.
  static Batch samples(std::int64_t first, std::int64_t count) {
    Batch made;
    made.inputs.set("x", spread({batch, 1, 8, 8}).narrow(0, first, count));
    made.ids = ids_from(100 + first, count);
    return made;
  }
  static at::Tensor scores(Model& model, const Batch& inputs, bool is_training = true) {
    Context context = training_context(inputs.ids);
    context.is_training = is_training;
    return model.forward(inputs, context).scores();
  }

  ModelFacts facts_ = facts_of({1, 8, 8});
  Slot<Model> slot_ = bind_filled<Model>(GetParam(), model_sample(GetParam().info->name));
};

TEST_P(ModelSuite, ShapeFunctionSaysWhatTheModelIs) {
  Outline outline(facts_);
  const Shape declared = outline_model(slot_, facts_, outline);
  const auto model = build();

  expect_outline_is_true(outline.tensors(), *model);
  EXPECT_EQ(scores(*model, samples(0, batch)).sizes().vec(), with_batch(batch, declared.sizes));
}

TEST_P(ModelSuite, SameSeedSameWeights) {
  const auto a = build(1), b = build(1);
  expect_same_tensors(*a, *b);
}

TEST_P(ModelSuite, AnotherSeedGivesOtherWeights) {
  const auto a = build(1), b = build(2);
  EXPECT_FALSE(a->parameters().front().tensor->equal(*b->parameters().front().tensor));
}

TEST_P(ModelSuite, SavedAndLoadedItIsTheSame) {
  const auto model = build(1), other = build(2);
  scores(*model, samples(0, batch));  // moves running means
  const State state = saved(*model);
  other->load(StateReader(state));

  expect_same_tensors(*model, *other);
  EXPECT_TRUE(scores(*model, samples(0, batch)).equal(scores(*other, samples(0, batch))));
}

TEST_P(ModelSuite, EveryParameterGetsAGradient) {
  const auto model = build();
  scores(*model, samples(0, batch)).square().sum().backward();

  for (const auto& [name, tensor] : model->parameters()) EXPECT_TRUE(tensor->grad().defined()) << name;
}

TEST_P(ModelSuite, ASampleScoresTheSameInAnyBatch) {
  const auto model = build();
  const at::Tensor whole = scores(*model, samples(0, batch), false);
  const at::Tensor parts =
      at::cat({scores(*model, samples(0, 2), false), scores(*model, samples(2, 4), false)});

  EXPECT_TRUE(whole.allclose(parts, 1e-5, 1e-6));
}

TEST_P(ModelSuite, WhatIsDrawnForASampleIsTheSameInAnyBatch) {
  const auto model = build();
  const auto drawn = [&](std::int64_t first, std::int64_t count) {
    const Batch inputs = samples(first, count);
    Context context = training_context(inputs.ids);
    context.is_training = false;  // batch statistics would differ; draws are on as in Monte-Carlo prediction
    context.draws_in_evaluation = true;
    return model->forward(inputs, context).scores();
  };

  EXPECT_TRUE(drawn(0, batch).allclose(at::cat({drawn(0, 1), drawn(1, 5)}), 1e-5, 1e-6));
}

}  // namespace assay::testing
