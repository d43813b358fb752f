// Blocks of layers, with the components that ship.
#include "runner/config/blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/canonical.h"
#include "runner/config/complete.h"
#include "runner/config/explain.h"
#include "runner/config/load.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* begin =
    "assay: 1\n"
    "dataset: digits\n"
    "optimizer: adam\n"
    "train: {until: 1 epoch}\n";

/// Configs with this model, as YAML of several lines from line 5 on.
class Blocks : public ::testing::Test {
 protected:
  LoadedConfig load(const std::string& model, const std::vector<std::string>& overrides = {}) const {
    folder_.write("c.yaml", begin + model);
    return load_config({.file = folder_ / "c.yaml", .overrides = overrides}, registry_);
  }

  Json layers(const std::string& model, const std::vector<std::string>& overrides = {}) const {
    return *load(model, overrides).resolved.find_path("model.layers");
  }

  std::vector<Problem> problems(const std::string& model,
                                const std::vector<std::string>& overrides = {}) const {
    return problems_of([&] { load(model, overrides); });
  }

  /// `c.yaml:6:3` and what follows, of every problem.
  std::string words(const std::string& model) const {
    std::string all;
    for (const Problem& problem : problems(model)) all += to_string(problem) + '\n';
    const std::string prefix = folder_ / "";
    for (std::size_t at = all.find(prefix); at != std::string::npos; at = all.find(prefix))
      all.erase(at, prefix.size());
    return all;
  }

  Registry registry_ = builtin_registry();
  TemporaryFolder folder_;
};

constexpr const char* dense =
    "model:\n"
    "  type: sequential\n"
    "  blocks:\n"
    "    dense:\n"
    "      parameters: {units, p: 0.1}\n"
    "      layers: [{type: linear, units: $(block.units)}, relu, {type: dropout, p: $(block.p)}]\n";

TEST_F(Blocks, AUseIsTheSequenceOfItsLayers) {
  const LoadedConfig written = load(
      "model:\n"
      "  type: sequential\n"
      "  layers:\n"
      "    - {type: sequence, layers: [{type: linear, units: 64}, relu, {type: dropout, p: 0.1}]}\n"
      "    - {type: sequence, layers: [{type: linear, units: 32}, relu, {type: dropout, p: 0}]}\n"
      "    - linear\n");

  const LoadedConfig used = load(text(
      dense, "  layers: [{type: block/dense, units: 64}, {type: block/dense, units: 32, p: 0}, linear]\n"));

  EXPECT_EQ(used.resolved, written.resolved);
  EXPECT_EQ(used.identity, written.identity);
}

TEST_F(Blocks, ABareNameTakesAllDefaults) {
  const Json made = layers(
      "model:\n"
      "  type: sequential\n"
      "  blocks: {thin: {parameters: {units: 3}, layers: [{type: linear, units: $(block.units)}]}}\n"
      "  layers: [block/thin, linear]\n");

  EXPECT_EQ(made.find_path("0.layers.0.units")->integer(), 3);
}

TEST_F(Blocks, TheCommandLineChangesAUseOrADefault) {
  const std::string model =
      text(dense, "  layers: [{type: block/dense, units: 64}, {type: block/dense, units: 32}, linear]\n");

  const Json use = layers(model, {"model.layers.1.units=5"});
  EXPECT_EQ(use.find_path("0.layers.0.units")->integer(), 64);
  EXPECT_EQ(use.find_path("1.layers.0.units")->integer(), 5);

  const Json standard = layers(model, {"model.blocks.dense.parameters.p=0.5"});
  EXPECT_EQ(standard.find_path("0.layers.2.p")->real(), 0.5);
  EXPECT_EQ(standard.find_path("1.layers.2.p")->real(), 0.5);
}

TEST_F(Blocks, ParametersTakePartInArithmetic) {
  const Json made = layers(
      "model:\n"
      "  type: sequential\n"
      "  with: {width: 8}\n"
      "  blocks:\n"
      "    bottleneck:\n"
      "      parameters: {units, inner: $(block.units // 4)}\n"
      "      layers: [{type: linear, units: $(block.inner)}, {type: linear, units: $(2 * block.units)}]\n"
      "  layers: [{type: block/bottleneck, units: $(model.with.width * 2)}, linear]\n");

  EXPECT_EQ(made.find_path("0.layers.0.units")->integer(), 4) << "a default of what was given";
  EXPECT_EQ(made.find_path("0.layers.1.units")->integer(), 32);
}

TEST_F(Blocks, ParametersMayBeComponentsAndListsOfLayers) {
  const Json made = layers(
      "model:\n"
      "  type: sequential\n"
      "  blocks:\n"
      "    act: {parameters: {slope: 0.2}, layers: [{type: leaky_relu, slope: $(block.slope)}]}\n"
      "    dense:\n"
      "      parameters: {act: relu, first: [flatten]}\n"
      "      layers:\n"
      "        - {type: sequence, layers: $(block.first)}\n"
      "        - $(block.act)\n"
      "  layers: [{type: block/dense, act: {type: elu, alpha: 0.5}}, {type: block/dense, first: "
      "[block/act]}, linear]\n");

  EXPECT_EQ(made.find_path("0.layers.1.type")->text(), "elu");
  EXPECT_EQ(made.find_path("0.layers.0.layers.0.type")->text(), "flatten");
  EXPECT_EQ(made.find_path("1.layers.1.type")->text(), "relu");
  EXPECT_EQ(made.find_path("1.layers.0.layers.0.layers.0.slope")->real(), 0.2) << "a block that was given";
}

TEST_F(Blocks, BlocksUseBlocks) {
  const Json made = layers(
      "model:\n"
      "  type: sequential\n"
      "  blocks:\n"
      "    dense: {parameters: {units}, layers: [{type: linear, units: $(block.units)}, relu]}\n"
      "    two: {parameters: {units}, layers: [{type: block/dense, units: $(block.units * 2)}, {type: "
      "block/dense, units: "
      "$(block.units)}]}\n"
      "  layers: [{type: repeat, times: 2, layers: [{type: block/two, units: 8}]}, linear]\n");

  EXPECT_EQ(made.find_path("0.layers.0.layers.0.layers.0.units")->integer(), 16);
  EXPECT_EQ(made.find_path("0.layers.0.layers.1.layers.0.units")->integer(), 8);
}

TEST_F(Blocks, AGraphsNodesMayBeBlocks) {
  const LoadedConfig config = load(
      "model:\n"
      "  type: graph\n"
      "  blocks: {dense: {parameters: {units}, layers: [flatten, {type: linear, units: $(block.units)}]}}\n"
      "  nodes: [{name: stem, layer: {type: block/dense, units: 7}}, {name: head, layer: linear}]\n");

  EXPECT_EQ(config.resolved.find_path("model.nodes.0.layer.layers.1.units")->integer(), 7);
}

TEST_F(Blocks, AnExtendingConfigChangesABlock) {
  folder_.write("base.yaml", text(begin, dense, "  layers: [{type: block/dense, units: 64}, linear]\n"));
  folder_.write("c.yaml", "extends: base.yaml\nmodel: {blocks: {dense: {parameters: {p: 0.3}}}}\n");

  const LoadedConfig config = load_config({.file = folder_ / "c.yaml"}, registry_);

  EXPECT_EQ(config.resolved.find_path("model.layers.0.layers.2.p")->real(), 0.3);
}

// ---- Mistakes

TEST_F(Blocks, AMistakeInABlockNamesDefinitionAndUses) {
  EXPECT_EQ(
      words("model:\n"
            "  type: sequential\n"
            "  blocks:\n"
            "    dense: {parameters: {units}, layers: [{type: linear, unit: 3, units: $(block.units)}]}\n"
            "  layers:\n"
            "    - {type: block/dense, units: 4}\n"
            "    - {type: block/dense, units: 2}\n"
            "    - linear\n"),
      "c.yaml:8:58: error: model.layers.0.layers.0.unit: unknown key\n"
      "  note: in block 'dense' of c.yaml:8:5, used at c.yaml:10:14\n"
      "  note: in block 'dense' of c.yaml:8:5, used at c.yaml:11:14\n"
      "  hint: did you mean 'units'? known: units, bias, tied, init\n");
}

TEST_F(Blocks, AnUnfitValueIsThatOfTheUse) {
  const std::string found = words(text(dense, "  layers: [{type: block/dense, units: -4}, linear]\n"));

  EXPECT_THAT(found, HasSubstr("c.yaml:11:39: error: model.layers.0.layers.0.units is -4, must be"));
  EXPECT_THAT(found, HasSubstr("in block 'dense' of c.yaml:8:5, used at c.yaml:11:19"));
}

TEST_F(Blocks, ABlockInABlockNamesBoth) {
  const std::string found = words(
      "model:\n"
      "  type: sequential\n"
      "  blocks:\n"
      "    dense: {parameters: {p}, layers: [{type: dropout, p: $(block.p * 2)}]}\n"
      "    two: {layers: [{type: block/dense, p: 0.8}]}\n"
      "  layers: [block/two, linear]\n");

  EXPECT_THAT(found, HasSubstr("model.layers.0.layers.0.layers.0.p is 1.6"));
  EXPECT_THAT(found, HasSubstr("in block 'dense' of c.yaml:8:5, used at c.yaml:9:27\n"
                               "  note: in block 'two' of c.yaml:9:5, used at c.yaml:10:12\n"));
}

TEST_F(Blocks, UnknownNamesSuggestTheClosestOne) {
  EXPECT_THAT(
      words(text(dense, "  layers: [{type: block/dens, units: 4}, linear]\n")),
      HasSubstr("c.yaml:11:19: error: model.layers.0: unknown block 'dens'\n  hint: did you mean 'dense'?"));
  EXPECT_THAT(
      words(text(dense, "  layers: [{type: block/dense, units: 4, q: 1}, linear]\n")),
      HasSubstr(
          "model.layers.0.q: unknown parameter of block 'dense'\n  hint: did you mean 'p'? known: units, p"));
  EXPECT_THAT(words("model: {type: mlp, activation: block/dense}\n"),
              HasSubstr("models that are lists of layers have blocks"));
  EXPECT_THAT(words("model: {type: sequential, layers: [block/dense, linear]}\n"),
              HasSubstr("define it: model.blocks: {dense: {layers: [...]}}"));
}

TEST_F(Blocks, AMissingParameterSaysHowToGiveIt) {
  EXPECT_THAT(words(text(dense, "  layers: [block/dense, linear]\n")),
              HasSubstr("c.yaml:11:12: error: model.layers.0.units is missing\n"
                        "  hint: block 'dense' must be given it: {type: block/dense, units: ...}"));
}

TEST_F(Blocks, AnUnknownParameterInTheLayersIsFound) {
  EXPECT_THAT(
      words("model:\n"
            "  type: sequential\n"
            "  blocks: {dense: {parameters: {units}, layers: [{type: linear, units: $(block.units + "
            "block.unit)}]}}\n"
            "  layers: [linear]\n"),
      HasSubstr("model.blocks.dense: `$(block.units + block.unit)`: the block has no parameter 'unit'\n"
                "  hint: did you mean 'block.units'? known: block.units"));
  EXPECT_THAT(words("model: {type: sequential, layers: [{type: linear, units: $(block.units)}, linear]}\n"),
              HasSubstr("`block.NAME` is for the layers of a block"));
}

TEST_F(Blocks, ABlockCannotUseItself) {
  EXPECT_THAT(words("model:\n"
                    "  type: sequential\n"
                    "  blocks: {a: {layers: [block/b]}, b: {layers: [relu, block/a]}}\n"
                    "  layers: [block/a, linear]\n"),
              HasSubstr("the block uses itself: a -> b -> a"));
}

TEST_F(Blocks, AParameterThatNothingUsesIsAnError) {
  EXPECT_THAT(words("model:\n"
                    "  type: sequential\n"
                    "  blocks: {a: {parameters: {units: 3}, layers: [relu]}}\n"
                    "  layers: [block/a, linear]\n"),
              HasSubstr("model.blocks.a.parameters.units: not used by the block's layers\n"
                        "  hint: write $(block.units) where it belongs, or remove it"));
}

TEST_F(Blocks, DefinitionsAreCheckedWhetherTheyAreUsedOrNot) {
  const auto of = [this](const std::string& blocks) {
    return words("model:\n  type: sequential\n  blocks: " + blocks + "\n  layers: [linear]\n");
  };

  EXPECT_THAT(of("[]"), HasSubstr("model.blocks is a list, must be a map of blocks"));
  EXPECT_THAT(of("{a: relu}"), HasSubstr("model.blocks.a is 'relu', must be a map"));
  EXPECT_THAT(of("{a: {parameters: {}}}"), HasSubstr("model.blocks.a.layers is missing"));
  EXPECT_THAT(of("{a: {layers: []}}"), HasSubstr("model.blocks.a.layers is empty, must be a list of layers"));
  EXPECT_THAT(of("{a: {layer: [relu]}}"), HasSubstr("model.blocks.a.layer: unknown key"));
  EXPECT_THAT(of("{A: {layers: [relu]}}"), HasSubstr("model.blocks.A: no name for a block"));
  EXPECT_THAT(of("{a: {parameters: [p], layers: [relu]}}"), HasSubstr("model.blocks.a.parameters is a list"));
  EXPECT_THAT(of("{a: {parameters: {type: 1}, layers: [{type: dropout, p: $(block.type)}]}}"),
              HasSubstr("a word of the language"));
}

TEST_F(Blocks, BlocksThatGrowWithoutBoundAreRefused) {
  std::string blocks = "    b0: {layers: [relu]}\n";
  for (int i = 1; i < 40; ++i)
    blocks += text("    b", i, ": {layers: [block/b", i - 1, ", block/b", i - 1, "]}\n");

  const auto found =
      problems(text("model:\n  type: sequential\n  blocks:\n", blocks, "  layers: [block/b39, linear]\n"));

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("copy too much"));
}

// ---- What is shown

TEST_F(Blocks, ExplainTellsTheBlockAndItsUse) {
  const LoadedConfig config = load(text(dense, "  layers: [{type: block/dense, units: 64}, linear]\n"));

  for (const Explanation& each : explain(config, registry_)) {
    if (each.path != "model.layers.0.layers.0.units") continue;
    EXPECT_EQ(each.where.line, 11) << "where the use gives it";
    ASSERT_THAT(each.blocks, SizeIs(1));
    EXPECT_THAT(each.blocks[0], HasSubstr("in block 'dense' of "));
    return;
  }
  FAIL() << "units of the first layer are not explained";
}

TEST_F(Blocks, ParametersAndBlocksAreCompleted) {
  const LoadedConfig config = load(text(dense, "  layers: [{type: block/dense, units: 64}, linear]\n"));
  const Value written = config.blocks.fold(config.composed);
  const auto words_for = [&](std::string_view begun) {
    std::vector<std::string> words;
    for (const Completion& each : complete_override(begun, written, registry_, {}))
      words.push_back(each.text);
    return words;
  };

  EXPECT_THAT(words_for("model.layers.0."), ElementsAre("model.layers.0.units=", "model.layers.0.p="));
  EXPECT_THAT(words_for("model.layers+=block/"), ElementsAre("model.layers+=block/dense"));
  EXPECT_THAT(words_for("model.blocks.dense.parameters."),
              ElementsAre("model.blocks.dense.parameters.units=", "model.blocks.dense.parameters.p="));
}

}  // namespace
}  // namespace assay::testing
