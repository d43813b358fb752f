// What single models do beyond the suite of all models (tests/contracts/model_suite.h).
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
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

TEST(Sequential, CopiesOfARepeatHaveWeightsOfTheirOwn) {
  EXPECT_THAT(
      parameter_names(
          "sequential",
          R"({"layers": [{"type": "repeat", "times": 2, "layers": ["relu", {"type": "linear", "units": 3,
                          "bias": false}]}]})",
          facts_of({2})),
      ElementsAre("layers.0.0.layers.1.weight [3, 2]", "layers.0.1.layers.1.weight [3, 3]"));
}

TEST(Sequential, SharedCopiesHaveOneSetOfWeights) {
  EXPECT_THAT(
      parameter_names("sequential",
                      R"({"layers": [{"type": "repeat", "times": 4, "shared": true, "layers": ["linear"]}]})",
                      facts_of({3})),
      ElementsAre("layers.0.0.layers.0.weight [3, 3]", "layers.0.0.layers.0.bias [3]"));
}

TEST(Sequential, SharedLayersMustKeepTheShape) {
  const auto problems = problems_with(
      "sequential", R"({"layers": [{"type": "repeat", "times": 2, "shared": true, "layers": ["linear"]}]})",
      facts_of({4}));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("cannot put [3], which its layers make of [4]"));
  EXPECT_EQ(problems[0].path, "model.layers.0");
}

TEST(Sequential, RepeatedNoTimesLayersDoNothing) {
  EXPECT_THAT(
      parameter_names("sequential", R"({"layers": [{"type": "repeat", "times": 0, "layers": ["linear"]}]})",
                      facts_of({3})),
      SizeIs(0));
}

/// Scores in training, of samples 0 to n - 1.
at::Tensor scores(Model& model, const at::Tensor& x) {
  Batch batch;
  batch.inputs.set("x", x);
  batch.ids = ids_from(0, x.size(0));
  Context context = training_context(batch.ids);
  return model.forward(batch, context).scores();
}

TEST(Sequential, SharedLayersDrawAnewEachTime) {
  const auto model = build("sequential",
                           R"({"layers": [{"type": "repeat", "times": 2, "shared": true,
                                           "layers": [{"type": "dropout", "p": 0.5}]}]})",
                           facts_of({3}));
  model->name_tree();
  const at::Tensor y = scores(*model, spread({40, 3}).abs().add(1));
  // Half of the elements are left by one mask, a quarter by two that know nothing of each other.
  EXPECT_NEAR(y.ne(0).to(at::kDouble).mean().item<double>(), 0.25, 0.1);
}

TEST(Sequential, AResidualWithoutAShortcutKeepsTheShape) {
  const auto problems = problems_with(
      "sequential",
      R"({"layers": [{"type": "residual", "layers": [{"type": "linear", "units": 5}]}, "linear"]})",
      facts_of({4}));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message,
              HasSubstr("cannot add [4], which is its input, to the [5] that its layers make"));
  EXPECT_THAT(problems[0].hint, HasSubstr("`shortcut`"));
}

TEST(Sequential, AResidualIsWhatItsLayersMakePlusItsInput) {
  const auto model =
      build("sequential", R"({"layers": [{"type": "residual", "layers": ["relu"]}]})", facts_of({3}));
  const at::Tensor x = spread({5, 3});
  EXPECT_TRUE(scores(*model, x).equal(x.relu().add(x)));
}

TEST(Sequential, ATiedLayerUsesTheEmbeddingsWeight) {
  ModelFacts facts = facts_of({4}, Task::Kind::language_model, 7);
  facts.inputs.front().shape.dtype = Dtype::i64;
  const std::string options =
      R"({"layers": [{"type": "embedding", "units": 3}, {"type": "linear", "tied": "layers.0", "bias": false}]})";
  EXPECT_THAT(parameter_names("sequential", options, facts), ElementsAre("layers.0.weight [7, 3]"));
  const auto model = build("sequential", options, facts);
  model->name_tree();
  const at::Tensor weight = *model->parameters().front().tensor;
  const at::Tensor tokens = at::arange(8).remainder(7).reshape({2, 4});

  EXPECT_TRUE(scores(*model, tokens)
                  .allclose(weight.index_select(0, tokens.flatten()).matmul(weight.t()).reshape({2, 4, 7})));
}

TEST(Sequential, WhatATiedLayerNamesMustBeThereAndFit) {
  ModelFacts facts = facts_of({4}, Task::Kind::language_model, 7);
  facts.inputs.front().shape.dtype = Dtype::i64;
  const auto tied_to = [&](const std::string& name, const std::string& units) {
    return problems_with("sequential",
                         R"({"layers": [{"type": "embedding", "units": 3}, {"type": "linear", "units": )" +
                             units + R"(}, {"type": "linear", "tied": ")" + name + R"("}]})",
                         facts);
  };
  ASSERT_THAT(tied_to("layer.0", "3"), SizeIs(1));
  EXPECT_THAT(tied_to("layer.0", "3")[0].message,
              HasSubstr("uses layer.0.weight, which the model does not have"));
  EXPECT_THAT(tied_to("layer.0", "3")[0].hint, HasSubstr("did you mean 'layers.0.weight'?"));
  EXPECT_EQ(tied_to("layer.0", "3")[0].path, "model.layers.2");
  ASSERT_THAT(tied_to("layers.0", "4"), SizeIs(1));
  EXPECT_THAT(tied_to("layers.0", "4")[0].message,
              HasSubstr("uses layers.0.weight as [7, 4], but it is [7, 3]"));
}

TEST(Sequential, InitGoesByNameFirstMatchAndOverTheLayers) {
  const auto model =
      build("sequential",
            R"({"layers": [{"type": "linear", "units": 4, "init": {"weight": 0.5, "bias": 0.25}}, "linear"],
                               "init": [{"match": "layers.1.weight", "use": 1}, {"match": ["*.weight"], "use": 2}]})",
            facts_of({3}));
  std::vector<float> first;
  for (const auto& [name, tensor] : model->parameters()) first.push_back(tensor->flatten()[0].item<float>());
  EXPECT_THAT(std::vector(first.begin(), first.begin() + 3), ElementsAre(2, 0.25F, 1));
}

TEST(Sequential, InitByNameLeavesScalesOfNormsToConstants) {
  const auto scale_with = [](const std::string& use) {
    const auto model = build("sequential",
                             R"({"layers": ["batch_norm", "linear"], "init": [{"match": "*weight", "use": )" +
                                 use + R"(}, {"match": "*", "use": 3}]})",
                             facts_of({3}));
    return model->parameters()[0].tensor->flatten()[0].item<float>();
  };
  EXPECT_EQ(scale_with(R"("he_normal")"), 3);
  EXPECT_EQ(scale_with("0"), 0);
}

TEST(Sequential, AnInitThatMatchesNothingIsAProblem) {
  const auto problems = problems_with(
      "sequential", R"({"layers": ["linear"], "init": [{"match": "*.wieght", "use": 1}]})", facts_of({3}));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message,
              HasSubstr("has the glob '*.wieght' in `init.0`, which matches no parameter"));
  EXPECT_EQ(problems[0].hint, "did you mean '*.weight'?");
}

TEST(Sequential, WithIsAMapOfAnything) {
  EXPECT_THAT(
      problems_with("sequential", R"({"layers": ["linear"], "with": {"a": 1, "b": [2]}})", facts_of({3})),
      SizeIs(0));
  EXPECT_THAT(problems_with("sequential", R"({"layers": ["linear"], "with": 3})", facts_of({3})), SizeIs(1));
}

TEST(Graph, NamesItsWeightsByItsNodes) {
  EXPECT_THAT(parameter_names("graph",
                              R"({"nodes": [{"name": "stem", "layer": {"type": "linear", "units": 2}},
                                            {"name": "head", "layer": "linear"}]})",
                              facts_of({4})),
              ElementsAre("stem.weight [2, 4]", "stem.bias [2]", "head.weight [3, 2]", "head.bias [3]"));
}

TEST(Graph, NodesTakeInputsByName) {
  ModelFacts facts = facts_of({3});
  facts.inputs.push_back({"z", {{3}}});
  const auto model = build("graph", R"({"nodes": [{"name": "sum", "from": ["x", "z"], "layer": "add"},
                                                  {"name": "bent", "layer": "relu"},
                                                  {"name": "last", "from": ["bent", "x"], "layer": "multiply"}],
                                        "output": "last"})",
                           facts);
  Batch batch;
  const at::Tensor x = spread({5, 3}), z = spread({15}).flip(0).reshape({5, 3});
  batch.inputs.set("z", z);
  batch.inputs.set("x", x);
  Context context;
  EXPECT_TRUE(model->forward(batch, context).scores().equal(x.add(z).relu().mul(x)));
}

/// The one problem of a graph with these nodes over two inputs.
Problem graph_problem(const std::string& nodes) {
  ModelFacts facts = facts_of({3});
  facts.inputs.push_back({"z", {{2}}});
  const auto problems = problems_with("graph", R"({"nodes": [)" + nodes + "]}", facts);
  EXPECT_THAT(problems, SizeIs(1));
  return problems.empty() ? Problem{} : problems[0];
}

TEST(Graph, ANodeMayOnlyNameWhatStandsBeforeIt) {
  const Problem problem = graph_problem(
      R"({"name": "a", "from": "bb", "layer": "linear"}, {"name": "bb", "from": "a", "layer": "linear"})");
  EXPECT_THAT(problem.message, HasSubstr("has in node 'a' the input 'bb', which does not stand before it"));
}

TEST(Graph, NamesStandForOneThing) {
  EXPECT_THAT(graph_problem(R"({"name": "x", "from": "x", "layer": "linear"})").message,
              HasSubstr("has two things called 'x'"));
}

TEST(Graph, TheFirstNodeOfManyInputsSaysWhichItTakes) {
  EXPECT_THAT(graph_problem(R"({"name": "a", "layer": "linear"})").message,
              HasSubstr("does not say which of the 2 inputs"));
}

TEST(Graph, InputsThatDoNotFitTogetherAreAProblem) {
  EXPECT_THAT(graph_problem(R"({"name": "a", "from": ["x", "z"], "layer": "add"})").message,
              HasSubstr("gets [3] and [2]"));
}

TEST(Graph, NamesOfNodesAreSnakeCase) {
  EXPECT_THAT(graph_problem(R"({"name": "a.b", "from": "x", "layer": "linear"})").message,
              HasSubstr("must be a name of a-z"));
}

}  // namespace
}  // namespace assay::testing
