// What single models do beyond the suite of all models (tests/contracts/model_suite.h).
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> parameter_names(const std::string& name, const std::string& options,
                                         const ModelFacts& facts) {
  Outline outline(facts);
  outline_model(bind_filled<Model>(tensor_component("model", name), options), facts, outline);
  std::vector<std::string> out;
  for (const TensorOutline& tensor : outline.tensors())
    out.push_back(tensor.name + " " + shape_text(tensor.shape));
  return out;
}

std::vector<Problem> problems_with(const std::string& name, const std::string& options,
                                   const ModelFacts& facts) {
  return problems_of([&] { parameter_names(name, options, facts); });
}

std::unique_ptr<Model> build(const std::string& name, const std::string& options, const ModelFacts& facts) {
  const Component component = tensor_component("model", name);
  return component.parts->build(bind_filled<Model>(component, options),
                                ModelNeeds{facts, *component.parts, {7, {}}});
}

/// "name type output parameters" of every row of the layer table.
std::vector<std::string> layer_rows(const std::string& name, const std::string& options,
                                    const ModelFacts& facts) {
  Outline outline(facts);
  outline_model(bind_filled<Model>(tensor_component("model", name), options), facts, outline);
  std::vector<std::string> out;
  for (const LayerRow& row : outline.rows())
    out.push_back(text(row.name, ' ', row.type, ' ', to_string(row.output), ' ', row.parameters));
  return out;
}

TEST(Mlp, ItsLayersAreRows) {
  EXPECT_THAT(layer_rows("mlp", R"({"hidden": [5], "input_dropout": 0.1})", facts_of({2, 3})),
              ElementsAre("input_dropout dropout [6] 0", "layers.0 linear [5] 35",
                          "layers.0.activation relu [5] 0", "layers.1 linear [3] 18"));
}

TEST(Lenet, ItsLayersAreRows) {
  EXPECT_THAT(layer_rows("lenet", R"({"channels": [2], "hidden": [5], "kernel": 3, "dropout": 0.5})",
                         facts_of({1, 4, 6})),
              ElementsAre("convolutions.0 conv2d [2, 4, 6] 20", "convolutions.0.activation relu [2, 4, 6] 0",
                          "convolutions.0.pool max_pool2d [2, 2, 3] 0", "input_dropout dropout [12] 0",
                          "layers.0 linear [5] 65", "layers.0.activation relu [5] 0",
                          "layers.0.dropout dropout [5] 0", "layers.1 linear [3] 18"));
}

TEST(Mlp, FlattensWhateverItGets) {
  EXPECT_THAT(parameter_names("mlp", R"({"hidden": [5]})", facts_of({2, 3})),
              ElementsAre("layers.0.weight [5, 6]", "layers.0.bias [5]", "layers.1.weight [3, 5]",
                          "layers.1.bias [3]"));
}

TEST(Mlp, WithoutHiddenLayersIsLinear) {
  EXPECT_THAT(parameter_names("mlp", R"({"hidden": []})", facts_of({4})),
              ElementsAre("layers.0.weight [3, 4]", "layers.0.bias [3]"));
}

TEST(Mlp, ALayerThatChangesTheShapeIsNoActivation) {
  const auto problems =
      problems_with("mlp", R"({"hidden": [5], "activation": {"type": "linear", "units": 2}})", facts_of({4}));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has the activation linear, which makes [2] of [5]"));
}

TEST(Mlp, OnBytesSaysToScaleThem) {
  ModelFacts facts = facts_of({8, 8});
  facts.inputs.front().shape.dtype = Dtype::u8;
  const auto problems = problems_with("mlp", "{}", facts);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects float inputs, gets [8, 8] u8"));
  EXPECT_THAT(problems[0].hint, HasSubstr("`scale`"));
}

TEST(Mlp, AnotherLayerDoesNotChangeTheFirstValuesOfTheFirst) {
  const ModelFacts facts = facts_of({6});
  const auto shallow = build("mlp", R"({"hidden": [4]})", facts),
             deep = build("mlp", R"({"hidden": [4, 4]})", facts);
  EXPECT_TRUE(shallow->parameters()[0].tensor->equal(*deep->parameters()[0].tensor));
}

TEST(Mlp, InitialisersAreThoseOfTheConfig) {
  const auto model =
      build("mlp", R"({"hidden": [4], "init": {"weight": 0.5, "bias": {"type": "constant", "value": -1}}})",
            facts_of({6}));
  for (const auto& [name, tensor] : model->parameters()) {
    const float expected = name.ends_with("weight") ? 0.5F : -1.0F;
    EXPECT_EQ(tensor->min().item<float>(), expected) << name;
    EXPECT_EQ(tensor->max().item<float>(), expected) << name;
  }
}

TEST(Lenet, TakesGreyImagesWithoutAChannel) {
  const std::string options = R"({"channels": [2], "hidden": []})";
  EXPECT_EQ(parameter_names("lenet", options, facts_of({8, 8})),
            parameter_names("lenet", options, facts_of({1, 8, 8})));

  const ModelFacts facts = facts_of({8, 8});
  const auto model = build("lenet", options, facts);
  Batch batch;
  batch.inputs.set("x", spread({5, 8, 8}));
  Context context;
  EXPECT_EQ(model->forward(batch, context).scores().sizes(), at::IntArrayRef({5, 3}));
}

TEST(Lenet, OnFeaturesNamesAModelThatTakesThem) {
  const auto problems = problems_with("lenet", "{}", facts_of({64}));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("gets [64]"));
  EXPECT_THAT(problems[0].hint, HasSubstr("`mlp`"));
}

TEST(Lenet, AnImageCannotBePooledForEver) {
  const auto problems = problems_with("lenet", R"({"channels": [1, 1, 1]})", facts_of({1, 4, 4}));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("cannot pool [1, 1, 1] once more"));
}

TEST(Sequential, NamesItsLayersByTheirPlace) {
  EXPECT_THAT(parameter_names("sequential",
                              R"({"layers": ["flatten", {"type": "linear", "units": 2}, "relu", "linear"]})",
                              facts_of({2, 2})),
              ElementsAre("layers.1.weight [2, 4]", "layers.1.bias [2]", "layers.3.weight [3, 2]",
                          "layers.3.bias [3]"));
}

TEST(Sequential, ALastLayerThatDoesNotFitTheTaskIsAProblem) {
  const auto problems =
      problems_with("sequential", R"({"layers": [{"type": "linear", "units": 2}]})", facts_of({4}));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("ends in [2], but the task is classification with 3 classes"));
}

}  // namespace
}  // namespace assay::testing
