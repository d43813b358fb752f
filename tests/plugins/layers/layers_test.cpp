// What single layers do beyond the suite of all layers (tests/contracts/layer_suite.h) and parity
// (tests/parity).
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Shape output_of(const std::string& name, const std::string& options, const Shape& input) {
  const ModelFacts facts = facts_of(input.sizes);
  Outline outline(facts);
  return outline.layer("it", bind_filled<Layer>(tensor_component("layer", name), options), input);
}

/// The problems of a layer with an input of this shape.
std::vector<Problem> problems_with(const std::string& name, const std::string& options, const Shape& input) {
  return problems_of([&] { output_of(name, options, input); });
}

TEST(Linear, WithoutUnitsGivesWhatTheTaskAsksFor) {
  EXPECT_EQ(output_of("linear", "{}", {{7}}), (Shape{{3}}));
}

TEST(Linear, OnAnImageSaysToFlattenIt) {
  const auto problems = problems_with("linear", "{}", {{1, 28, 28}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects [features] or [time, features], gets [1, 28, 28]"));
  EXPECT_EQ(problems[0].hint, "put `flatten` before it");
}

TEST(Linear, OnBytesSaysToScaleThem) {
  const auto problems = problems_with("linear", "{}", {{7}, Dtype::u8});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects floats, gets [7] u8"));
}

TEST(Conv2d, OnFeaturesSaysWhatItExpects) {
  const auto problems = problems_with("conv2d", R"({"channels": 2})", {{64}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects [channels, height, width], gets [64]"));
  EXPECT_THAT(problems[0].hint, HasSubstr("flatten"));
}

TEST(Conv2d, AWindowLargerThanTheImageDoesNotFit) {
  const auto problems =
      problems_with("conv2d", R"({"channels": 2, "kernel": 3, "dilation": 4})", {{1, 8, 8}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message,
              HasSubstr("has a window of 9, which does not fit into [1, 8, 8] with padding 0"));
}

TEST(Conv2d, GroupsDivideTheChannelsThatComeIn) {
  const auto problems = problems_with("conv2d", R"({"channels": 4, "groups": 2})", {{3, 8, 8}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has 2 groups, which do not divide the 3 channels"));
}

TEST(Conv2d, PaddingIsACountOrSame) {
  for (const std::string options :
       {R"({"channels": 1, "padding": "valid"})", R"({"channels": 1, "padding": -1})",
        R"({"channels": 1, "padding": "same", "stride": 2})"}) {
    EXPECT_THAT(problems_with("conv2d", options, {{1, 8, 8}}), SizeIs(1)) << options;
  }
  EXPECT_EQ(output_of("conv2d", R"({"channels": 5, "padding": "same", "kernel": 4})", {{1, 8, 9}}),
            (Shape{{5, 8, 9}}));
  EXPECT_EQ(output_of("conv2d", R"({"channels": 5, "padding": 1, "stride": 2})", {{1, 8, 9}}),
            (Shape{{5, 4, 5}}));
}

TEST(MaxPool2d, StepsByItsKernelUnlessToldOtherwise) {
  EXPECT_EQ(output_of("max_pool2d", R"({"kernel": 3})", {{2, 8, 9}}), (Shape{{2, 2, 3}}));
  EXPECT_EQ(output_of("max_pool2d", R"({"kernel": 3, "stride": 1})", {{2, 8, 9}}), (Shape{{2, 6, 7}}));
}

TEST(MaxPool2d, PaddingIsAtMostHalfTheKernel) {
  EXPECT_THAT(problems_with("max_pool2d", R"({"kernel": 2, "padding": 2})", {{1, 8, 8}}), SizeIs(1));
}

/// A layer that is called `it`, for samples of this shape.
std::unique_ptr<Layer> built(const std::string& name, const std::string& options, const Shape& input,
                             Task::Kind task = Task::Kind::classification) {
  const Component component = tensor_component("layer", name);
  ModelFacts facts = facts_of(input.sizes, task);
  facts.inputs.front().shape = input;
  const LayerNeeds parent{{input}, facts, *component.parts, {3, {}}};
  auto layer = build_layer("it", bind_filled<Layer>(component, options), {input}, parent).layer;
  layer->name_tree("it");
  return layer;
}

/// In training, of samples 0 to n - 1.
at::Tensor run(Layer& layer, const at::Tensor& x) {
  const std::vector<std::int64_t> ids = ids_from(0, x.size(0));
  Context context = training_context(ids);
  return layer.forward({x}, context);
}

TEST(BatchNorm, RefusesToNormaliseASingleSampleOfFeatures) {
  const auto layer = built("batch_norm", "{}", {{5}});

  const auto problems = problems_of([&] { run(*layer, at::ones({1, 5})); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("1 sample of [5]"));
  EXPECT_THAT(problems[0].hint, HasSubstr("drop_last"));
}

TEST(BatchNorm, ScalesMayStartAtZero) {
  const auto layer = built("batch_norm", R"({"scale": 0})", {{5}});
  EXPECT_EQ(run(*layer, spread({4, 5})).abs().max().item<float>(), 0);
}

TEST(BatchNorm, TakesSignalsAndImagesAndNoVolumes) {
  EXPECT_THAT(problems_with("batch_norm", "{}", {{3, 8}}), SizeIs(0));
  EXPECT_THAT(problems_with("batch_norm", "{}", {{3, 8, 8}}), SizeIs(0));
  const auto problems = problems_with("batch_norm", "{}", {{3, 8, 8, 8}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("gets [3, 8, 8, 8]"));
}

TEST(LayerNorm, NeedsAsManyAxesAsItNormalises) {
  const auto problems = problems_with("layer_norm", R"({"axes": 3})", {{4, 5}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("normalises over the last 3 axes, gets [4, 5]"));
}

TEST(GroupNorm, GroupsDivideTheChannels) {
  const auto problems = problems_with("group_norm", R"({"groups": 3})", {{4, 5, 5}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has 3 groups, which do not divide the 4 channels"));
}

TEST(Conv1d, CausalOutputsDoNotSeeLaterInputs) {
  const auto layer = built("conv1d", R"({"channels": 2, "padding": "causal", "dilation": 2})", {{1, 9}});
  const at::Tensor x = spread({1, 1, 9});
  at::Tensor changed = x.clone();
  changed.narrow(2, 6, 3).fill_(5);

  const at::Tensor before = run(*layer, x), after = run(*layer, changed);

  EXPECT_TRUE(before.narrow(2, 0, 6).equal(after.narrow(2, 0, 6)));
  EXPECT_FALSE(before.equal(after));
}

TEST(Conv1d, KnowsThreeWaysToPad) {
  EXPECT_EQ(output_of("conv1d", R"({"channels": 5, "padding": "causal", "stride": 2})", {{1, 9}}),
            (Shape{{5, 5}}));
  EXPECT_EQ(output_of("conv1d", R"({"channels": 5, "padding": "same", "kernel": 4})", {{1, 9}}),
            (Shape{{5, 9}}));
  EXPECT_EQ(output_of("conv1d", R"({"channels": 5})", {{1, 9}}), (Shape{{5, 7}}));
  EXPECT_THAT(problems_with("conv1d", R"({"channels": 5, "padding": "full"})", {{1, 9}}), SizeIs(1));
}

TEST(Conv1d, OnAnImageSaysWhatItExpects) {
  const auto problems = problems_with("conv1d", R"({"channels": 5})", {{1, 9, 9}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects [channels, length], gets [1, 9, 9]"));
}

TEST(Embedding, HasAsManyTokensAsALanguageModel) {
  const auto layer = built("embedding", R"({"units": 4})", {{5}, Dtype::i64}, Task::Kind::language_model);
  EXPECT_EQ(layer->parameters().front().tensor->sizes(), at::IntArrayRef({3, 4}));
}

TEST(Embedding, ElsewhereAsksForItsVocabulary) {
  const auto problems = problems_with("embedding", R"({"units": 4})", {{5}, Dtype::i64});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has no `vocabulary`"));
}

TEST(Embedding, OfNumbersIsAProblem) {
  const auto problems = problems_with("embedding", R"({"units": 4, "vocabulary": 9})", {{5}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects integers, gets [5]"));
}

TEST(LearnedPositions, TakeNoLongerSequenceThanTheyHavePlaces) {
  const auto problems = problems_with("learned_positions", R"({"length": 4})", {{5, 2}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has 4 places, gets [5, 2]"));
}

TEST(Lstm, OfTokensSaysToEmbedThem) {
  const auto problems = problems_with("lstm", R"({"units": 4})", {{5}, Dtype::i64});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects [time, features], gets [5] i64"));
  EXPECT_EQ(problems[0].hint, "put `embedding` before it");
}

TEST(Lstm, DropoutActsBetweenLayersOnly) {
  EXPECT_THAT(problems_with("lstm", R"({"units": 4, "dropout": 0.5})", {{5, 2}}), SizeIs(1));
  const auto plain = built("lstm", R"({"units": 4, "layers": 2})", {{5, 2}});
  const auto dropping = built("lstm", R"({"units": 4, "layers": 2, "dropout": 0.5})", {{5, 2}});
  const at::Tensor x = spread({3, 5, 2});

  EXPECT_FALSE(run(*plain, x).equal(run(*dropping, x)));
  EXPECT_TRUE(run(*dropping, x).equal(run(*dropping, x)));
  Context evaluation;
  EXPECT_TRUE(plain->forward({x}, evaluation).equal(dropping->forward({x}, evaluation)));
}

TEST(Lstm, StartsWithinOneOverTheRootOfItsUnits) {
  const auto layer = built("lstm", R"({"units": 64})", {{5, 2}});
  for (const auto& [name, tensor] : layer->parameters()) {
    const double largest = tensor->abs().max().item<double>();
    EXPECT_LE(largest, 1.0 / 8) << name;
    EXPECT_GT(largest, 0.9 / 8) << name;
  }
}

TEST(Attention, HeadsDivideTheFeatures) {
  const auto problems = problems_with("multi_head_attention", R"({"heads": 3})", {{5, 8}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has 3 heads, which do not divide the 8 features"));
}

TEST(Attention, RotaryTurnsPairs) {
  const auto problems = problems_with("multi_head_attention", R"({"heads": 2, "rotary": true})", {{5, 6}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("turns pairs of features, but a head has 3"));
}

/// Without dropout LibTorch's own kernel runs, with it ours: they agree where nothing is dropped.
TEST(Attention, WithDropoutItIsTheSameFunction) {
  const std::string options = R"({"heads": 2, "causal": true, "dropout": )";
  const auto kernel = built("multi_head_attention", options + "0}", {{5, 8}});
  const auto dropping = built("multi_head_attention", options + "1e-9}", {{5, 8}});
  const at::Tensor x = spread({3, 5, 8}).mul(2);
  EXPECT_TRUE(run(*kernel, x).allclose(run(*dropping, x), 1e-5, 1e-6));
}

TEST(Attention, CausalPlacesDoNotSeeLaterOnes) {
  for (const std::string options : {R"({"heads": 2, "causal": true})",
                                    R"({"heads": 2, "causal": true, "dropout": 0.5, "rotary": true})"}) {
    const auto layer = built("multi_head_attention", options, {{6, 8}});
    const at::Tensor x = spread({1, 6, 8});
    at::Tensor changed = x.clone();
    changed.narrow(1, 4, 2).fill_(5);

    const at::Tensor before = run(*layer, x), after = run(*layer, changed);

    EXPECT_TRUE(before.narrow(1, 0, 4).allclose(after.narrow(1, 0, 4), 1e-6, 1e-7)) << options;
    EXPECT_FALSE(before.allclose(after)) << options;
  }
}

/// Only differences of places matter to rotated queries and keys: sequences of one repeated vector give the
/// same output at every place.
TEST(Attention, RotaryLeavesASequenceOfEqualVectorsEqual) {
  const auto layer = built("multi_head_attention", R"({"heads": 2, "rotary": true})", {{6, 8}});
  const at::Tensor y = run(*layer, spread({1, 1, 8}).expand({1, 6, 8}));
  EXPECT_TRUE(y.allclose(y.narrow(1, 0, 1).expand_as(y), 1e-5, 1e-6));
}

TEST(TransformerBlock, NormsAndActivationsAreLayers) {
  const auto layer =
      built("transformer_block", R"({"heads": 2, "norm": "rms_norm", "activation": "relu", "bias": false})",
            {{5, 4}});
  std::vector<std::string> names;
  for (const auto& [name, tensor] : layer->parameters()) names.push_back(name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("self_attn.in_proj_weight", "self_attn.out_proj.weight",
                                                     "linear1.weight", "linear2.weight", "norm1.weight",
                                                     "norm2.weight"));
}

TEST(TransformerBlock, ANormThatChangesTheShapeIsAProblem) {
  const auto problems = problems_with("transformer_block", R"({"heads": 2, "norm": "flatten"})", {{5, 4}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has flatten as its norm1, which makes [20] of [5, 4]"));
}

TEST(Dropout2d, ZeroesWholeChannels) {
  const auto layer = built("dropout2d", "{}", {{50, 2, 3}});
  const at::Tensor y = run(*layer, at::ones({4, 50, 2, 3}));
  const at::Tensor sums = y.sum({2, 3});

  EXPECT_TRUE(sums.eq(0).logical_or(sums.eq(12)).all().item<bool>());  // 2 * 3 elements, doubled
  EXPECT_NEAR(sums.mean().item<double>(), 6, 2);
}

TEST(Dropout2d, OfFeaturesNamesTheOther) {
  const auto problems = problems_with("dropout2d", "{}", {{50}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].hint, "use `dropout`");
}

TEST(Reshape, NeedsAsManyNumbers) {
  EXPECT_EQ(output_of("reshape", R"({"shape": [2, -1]})", {{3, 4}}), (Shape{{2, 6}}));
  EXPECT_EQ(output_of("reshape", R"({"shape": [12]})", {{3, 4}}), (Shape{{12}}));
  for (const std::string shape : {"[5, -1]", "[3, 5]"}) {
    const auto problems = problems_with("reshape", R"({"shape": )" + shape + "}", {{3, 4}});
    ASSERT_THAT(problems, SizeIs(1)) << shape;
    EXPECT_THAT(problems[0].message, HasSubstr("of the 12 numbers of [3, 4]"));
  }
  EXPECT_THAT(problems_with("reshape", R"({"shape": [-1, -1]})", {{3, 4}}), SizeIs(1));
  EXPECT_THAT(problems_with("reshape", R"({"shape": [0, -1]})", {{3, 4}}), SizeIs(1));
}

TEST(Permute, NamesEachAxisOnce) {
  EXPECT_EQ(output_of("permute", R"({"order": [1, 0]})", {{3, 4}}), (Shape{{4, 3}}));
  for (const std::string order : {"[0]", "[0, 0]", "[0, 2]", "[1, 2]"}) {
    EXPECT_THAT(problems_with("permute", R"({"order": )" + order + "}", {{3, 4}}), SizeIs(1)) << order;
  }
}

TEST(Shaping, AxesCountFromEitherEnd) {
  EXPECT_EQ(output_of("select", R"({"axis": -1, "index": 0})", {{3, 4}}), (Shape{{3}}));
  EXPECT_EQ(output_of("mean", R"({"axis": 1})", {{3, 4, 5}}), (Shape{{3, 5}}));
  EXPECT_EQ(output_of("pad", R"({"axis": -1, "before": 2})", {{3, 4}}), (Shape{{3, 6}}));
  EXPECT_THAT(problems_with("mean", R"({"axis": 2})", {{3, 4}}), SizeIs(1));
  EXPECT_THAT(problems_with("select", R"({"axis": 0, "index": 3})", {{3, 4}}), SizeIs(1));
}

TEST(GlobalAvgPool, OfFeaturesSaysWhatItExpects) {
  EXPECT_EQ(output_of("global_avg_pool", "{}", {{3, 4, 5}}), (Shape{{3}}));
  EXPECT_THAT(problems_with("global_avg_pool", "{}", {{3}}), SizeIs(1));
}

}  // namespace
}  // namespace assay::testing
