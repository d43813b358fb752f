#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string resolved(const LoadedConfig& config, std::string_view path) {
  const Json* value = config.resolved.find_path(path);
  if (!value) return "nothing";
  if (value->is_text()) return value->text();
  if (value->is_real()) return number_text(value->real());
  if (value->is_integer()) return std::to_string(value->integer());
  return value->is_null() ? "null" : value->is_list() ? "a list" : "a map";
}

// ---- extends

TEST(Compose, MapsMergeKeyByKeyScalarsAndListsReplace) {
  ConfigFolder folder("extends: base.yaml\nmodel: {dropout: 0.5, hidden: [8]}\nseed: 3\n");
  folder.write("base.yaml",
               "assay: 1\nseed: 1\ndataset: flowers\nmodel: {type: mlp, hidden: [1, 2], input_dropout: "
               "0.25}\noptimizer: adamw\ntrain: {until: 1 epoch}\n");

  const LoadedConfig config = folder.load();

  EXPECT_EQ(resolved(config, "seed"), "3");
  EXPECT_EQ(resolved(config, "model.dropout"), "0.5");
  EXPECT_EQ(resolved(config, "model.input_dropout"), "0.25");
  EXPECT_EQ(resolved(config, "model.hidden.0"), "8");
  EXPECT_EQ(resolved(config, "model.hidden.1"), "nothing");
}

TEST(Compose, AnotherTypeReplacesTheSlot) {
  ConfigFolder folder("extends: base.yaml\noptimizer: {type: sgd}\nmodel: stack\n");
  folder.write("base.yaml",
               "assay: 1\ndataset: flowers\nmodel: {type: mlp, hidden: [1]}\noptimizer: {type: adamw, "
               "weight_decay: 1}\ntrain: {until: 1 epoch}\n");

  const LoadedConfig config = folder.load();

  EXPECT_EQ(resolved(config, "optimizer.type"), "sgd");
  EXPECT_EQ(resolved(config, "optimizer.weight_decay"), "nothing");
  EXPECT_EQ(resolved(config, "model.type"), "stack");
}

TEST(Compose, AMapWithoutTypeGoesOverABareName) {
  ConfigFolder folder("extends: base.yaml\nmodel: {dropout: 0.5}\n");
  folder.write("base.yaml", five_lines);

  EXPECT_EQ(resolved(folder.load(), "model.dropout"), "0.5");
}

TEST(Compose, OfAListTheLaterFileWinsAndTheOwnComesLast) {
  ConfigFolder folder("extends: [a.yaml, deep/b.yaml]\ntags: [own]\n");
  folder.write("a.yaml", std::string(five_lines) + "seed: 1\ndevice: cpu\n");
  folder.write("deep/b.yaml", "extends: ../d.yaml\nseed: 2\n");
  folder.write("d.yaml", "threads: 2\nseed: 9\ntags: [d]\n");

  const LoadedConfig config = folder.load();

  EXPECT_EQ(resolved(config, "seed"), "2");
  EXPECT_EQ(resolved(config, "device"), "cpu");
  EXPECT_EQ(resolved(config, "threads"), "2");
  EXPECT_EQ(resolved(config, "tags.0"), "own");
  EXPECT_EQ(config.sources.size(), 4u);
  EXPECT_THAT(config.sources[0].text, StartsWith("extends: [a.yaml"));
}

TEST(Compose, ACircleIsReportedWithItsFiles) {
  ConfigFolder folder("extends: a.yaml\n");
  folder.write("a.yaml", "extends: b.yaml\n");
  folder.write("b.yaml", "seed: 1\nextends: a.yaml\n");

  EXPECT_EQ(
      folder.problems(),
      "b.yaml:2:10: error: extends goes in a circle: a.yaml -> b.yaml -> a.yaml\n"
      "  note: extended from a.yaml:1:10\n  note: extended from c.yaml:1:10\n  hint: remove one of them");
}

TEST(Compose, AMissingFileIsReportedWithTheChain) {
  ConfigFolder folder("extends: mid.yaml\n");
  folder.write("mid.yaml", "extends: bas.yaml\n");
  folder.write("base.yaml", five_lines);

  EXPECT_EQ(folder.problems(),
            "mid.yaml:1:10: error: extends: there is no file 'bas.yaml'\n"
            "  note: extended from c.yaml:1:10\n  hint: did you mean 'base.yaml'?");
}

TEST(Compose, AProblemInAnExtendedFileTellsHowItWasReached) {
  ConfigFolder folder("extends: base.yaml\n");
  folder.write("base.yaml", std::string(five_lines) + "sead: 3\n");

  EXPECT_THAT(folder.problems(),
              HasSubstr("base.yaml:6:1: error: sead: unknown key\n  note: extended from c.yaml:1:10\n"));
}

TEST(Compose, AFileReachedTwiceIsReadOnce) {
  ConfigFolder folder("extends: [a.yaml, b.yaml]\n");
  folder.write("a.yaml", "extends: base.yaml\n");
  folder.write("b.yaml", "extends: base.yaml\n");
  folder.write("base.yaml", five_lines);

  EXPECT_EQ(folder.load().sources.size(), 4u);
}

// ---- overrides in the file

TEST(Compose, OverridesInTheFileComeLast) {
  ConfigFolder folder(
      "extends: base.yaml\noverrides: {optimizer.lr: 0.5, \"metrics+\": {type: accuracy, top: 5}, model: "
      "stack}\nmodel: {dropout: 0.1}\n");
  folder.write("base.yaml", five_lines);

  const LoadedConfig config = folder.load();

  EXPECT_EQ(resolved(config, "optimizer.lr"), "0.5");
  EXPECT_EQ(resolved(config, "model.type"), "stack");
  EXPECT_EQ(resolved(config, "metrics.0.top"), "1") << "the implied metric stays";
  EXPECT_EQ(resolved(config, "metrics.1.top"), "5");
}

// ---- presets

class Presets : public ::testing::Test {
 protected:
  Presets() : folder_(std::string(five_lines)) {
    folder_.write("configs/model/small.yaml", "type: mlp\nhidden: [4]\ndropout: 0.5\n");
    folder_.write("configs/model/smaller.yaml", "type: small\nhidden: [2]\n");
    folder_.write("configs/layer/wide.yaml", "type: linear\nunits: 99\n");
  }
  ConfigFolder folder_;
};

TEST_F(Presets, ANameIsReplacedAndWhatStandsBesideItGoesOverIt) {
  const LoadedConfig config = folder_.load({"model={type: small, dropout: 0.25}"});

  EXPECT_EQ(resolved(config, "model.type"), "mlp");
  EXPECT_EQ(resolved(config, "model.hidden.0"), "4");
  EXPECT_EQ(resolved(config, "model.dropout"), "0.25");
  EXPECT_THAT(config.provenance.find("model.hidden.0")->text(), HasSubstr("small.yaml:2:10"));
}

TEST_F(Presets, BuildOnPresets) {
  const LoadedConfig config = folder_.load({"model=smaller"});

  EXPECT_EQ(resolved(config, "model.hidden.0"), "2");
  EXPECT_EQ(resolved(config, "model.dropout"), "0.5");
}

TEST_F(Presets, ServeInListsOfSlots) {
  EXPECT_EQ(resolved(folder_.load({"model={type: stack, layers: [wide]}"}), "model.layers.0.units"), "99");
}

TEST_F(Presets, OverridesReachIntoThem) {
  EXPECT_EQ(resolved(folder_.load({"model=small", "model.hidden.0=7"}), "model.hidden.0"), "7");
}

TEST_F(Presets, MayNotHaveAComponentsName) {
  folder_.write("configs/model/mlp.yaml", "type: mlp\n");

  EXPECT_THAT(folder_.problems(),
              HasSubstr("has the name of a component: model mlp\n  hint: rename the preset"));
}

TEST_F(Presets, InACircleAreReported) {
  folder_.write("configs/model/a.yaml", "type: b\n");
  folder_.write("configs/model/b.yaml", "type: a\n");

  EXPECT_THAT(folder_.problems({"model=a"}), HasSubstr("a.yaml -> b.yaml -> a.yaml"));
}

TEST_F(Presets, AreOfferedWhenANameIsUnknown) {
  EXPECT_THAT(folder_.problems({"model=smal"}), HasSubstr("did you mean 'small'?"));
}

TEST_F(Presets, ComeFromTheFoldersGivenFirst) {
  folder_.write("mine/model/small.yaml", "type: mlp\nhidden: [3]\n");

  const LoadedConfig config = load_config(
      {.file = folder_ / "c.yaml", .overrides = {"model=small"}, .config_path = {folder_ / "mine"}},
      fake_registry());

  EXPECT_EQ(resolved(config, "model.hidden.0"), "3");
}

}  // namespace
}  // namespace assay::testing
