// The models of configs/model against their references: how many parameters, what comes out, and that they
// train.
#include "tests/plugins/models/presets.h"

#include <algorithm>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

const std::vector<Reference> references{
    {"linear", {{1, 28, 28}}, 10, 7850, {10}, "784 * 10 + 10"},
    {"resnet20", {{3, 32, 32}}, 10, 269722, {10}, "He et al. 2016, table 6: 0.27M"},
    {"resnet32", {{3, 32, 32}}, 10, 464154, {10}, "He et al. 2016, table 6: 0.46M"},
    {"resnet44", {{3, 32, 32}}, 10, 658586, {10}, "He et al. 2016, table 6: 0.66M"},
    {"resnet56", {{3, 32, 32}}, 10, 853018, {10}, "He et al. 2016, table 6: 0.85M"},
    {"resnet18", {{3, 224, 224}}, 1000, 11689512, {1000}, "torchvision.models.resnet18"},
    {"resnet34", {{3, 224, 224}}, 1000, 21797672, {1000}, "torchvision.models.resnet34"},
    {"resnet50", {{3, 224, 224}}, 1000, 25557032, {1000}, "torchvision.models.resnet50"},
    {"wide_resnet", {{3, 32, 32}}, 10, 36479194, {10}, "Zagoruyko and Komodakis 2016, table 5: 36.5M"},
    {"vgg11", {{3, 224, 224}}, 1000, 132863336, {1000}, "torchvision.models.vgg11"},
    {"autoencoder",
     {{784}},
     784,
     2837314,
     {784},
     "784-1000-500-250-30 and back, with biases",
     {},
     Task::Kind::regression},
    {"lstm_classifier", {{28, 28}}, 10, 82186, {10}, "torch.nn.LSTM(28, 128) and Linear(128, 10)"},
    {"gru_classifier", {{28, 28}}, 10, 61962, {10}, "torch.nn.GRU(28, 128) and Linear(128, 10)"},
    {"lstm_language_model",
     {{35}, Dtype::i64},
     33278,
     13987678,
     {35, 33278},
     "word_language_model of pytorch/examples with WikiText-2",
     {},
     Task::Kind::language_model},
    {"gru_language_model",
     {{35}, Dtype::i64},
     33278,
     13826878,
     {35, 33278},
     "word_language_model of pytorch/examples with WikiText-2",
     {},
     Task::Kind::language_model},
    {"gpt",
     {{1024}, Dtype::i64},
     50257,
     124439808,
     {1024, 50257},
     "GPT-2 small: nanoGPT's 123.65M and 1024 * 768 positions",
     {},
     Task::Kind::language_model},
    {"gpt",
     {{256}, Dtype::i64},
     65,
     10745088,
     {256, 65},
     "nanoGPT's shakespeare_char: 10.65M and 256 * 384 positions",
     {"model.with={depth: 6, heads: 6, width: 384, bias: false}"},
     Task::Kind::language_model},
    {"transformer_encoder",
     {{64}, Dtype::i64},
     2,
     34915330,
     {2},
     "6 torch.nn.TransformerEncoderLayer(512, 8, 2048) of 3152384, 31250 embeddings, Linear(512, 2)",
     {"model.with.vocabulary=31250"}},
    {"tcn",
     {{1, 784}},
     10,
     66510,
     {10},
     "Bai et al. 2018, sequential MNIST: 66910 of their code without its 400 gains of the weight "
     "normalisation"},
};

class Presets : public ::testing::TestWithParam<Reference> {};

TEST_P(Presets, HaveTheParametersAndTheOutputOfTheirReference) {
  const Slot<Model> model = preset(GetParam().preset, GetParam().overrides);
  const ModelFacts facts = facts_for(GetParam());
  Outline outline(facts);

  const Shape output = outline_model(model, facts, outline);

  EXPECT_EQ(outline.parameter_count(), GetParam().parameters) << GetParam().source;
  EXPECT_EQ(output.sizes, GetParam().output_shape);
}

/// 269722 -> "269,722"
std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

TEST_P(Presets, SayHowManyParametersTheyHave) {
  if (GetParam().preset == "gpt" && !GetParam().overrides.empty()) GTEST_SKIP() << "another size";
  const std::string file = read_text(text(source_folder(), "/configs/model/", GetParam().preset, ".yaml"));
  std::string comment = file.substr(0, file.find("\ntype:"));
  std::replace(comment.begin(), comment.end(), '\n', ' ');

  EXPECT_THAT(comment, ::testing::ContainsRegex(with_commas(GetParam().parameters) + " (# )?parameters"));
}

INSTANTIATE_TEST_SUITE_P(Shipped, Presets, ::testing::ValuesIn(references), [](const auto& test) {
  return test.param.preset + "_" + std::to_string(test.index);
});

class SmallPresets : public ::testing::TestWithParam<Reference> {};

TEST_P(SmallPresets, AreWhatTheirShapesSayAndTrain) {
  constexpr std::int64_t batch = 4;
  const Slot<Model> slot = preset(GetParam().preset, GetParam().overrides);
  const ModelFacts facts = facts_for(GetParam());
  Outline outline(facts);
  const Shape declared = outline_model(slot, facts, outline);
  const auto model = tensor_parts().build(slot, ModelNeeds{facts, tensor_parts(), {1, {}}});
  model->name_tree();
  const std::vector<std::int64_t> sizes = with_batch(batch, GetParam().input.sizes);
  const bool takes_tokens = GetParam().input.dtype == Dtype::i64;
  Batch samples;
  samples.inputs.set("x", takes_tokens
                              ? at::arange(element_count(sizes), at::kLong).remainder(7).reshape(sizes)
                              : spread(sizes));
  samples.ids = ids_from(0, batch);
  Context context = training_context(samples.ids);

  const at::Tensor scores = model->forward(samples, context).scores();
  scores.square().sum().backward();

  expect_outline_is_true(outline.tensors(), *model);
  EXPECT_EQ(scores.sizes().vec(), with_batch(batch, declared.sizes));
  for (const auto& [name, tensor] : model->parameters()) {
    EXPECT_TRUE(tensor->grad().defined() && tensor->grad().isfinite().all().item<bool>()) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, SmallPresets, ::testing::ValuesIn(small_presets()),
                         [](const auto& test) { return test.param.preset; });

TEST(Presets, GptStartsItsResidualProjectionsSmaller) {
  const Slot<Model> slot = preset("gpt", {"model.with={depth: 8, heads: 2, width: 64}"});
  const ModelFacts facts{{Task::Kind::language_model, 50, {}}, {{"x", {{16}, Dtype::i64}}}};
  const auto model = tensor_parts().build(slot, ModelNeeds{facts, tensor_parts(), {1, {}}});

  for (const auto& [name, tensor] : model->parameters()) {
    if (tensor->dim() < 2) continue;
    const bool is_projection = name.ends_with("out_proj.weight") || name.ends_with("linear2.weight");
    const double deviation = is_projection ? 0.02 / 4 : 0.02;  // the root of twice 8
    EXPECT_NEAR(tensor->std().item<double>() / deviation, 1, 0.1) << name;
  }
}

}  // namespace
}  // namespace assay::testing
