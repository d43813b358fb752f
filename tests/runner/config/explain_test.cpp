#include "runner/config/explain.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/text.h"
#include "runner/config/canonical.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

class ExplainTest : public ::testing::Test {
 protected:
  std::vector<Explanation> explained(const ConfigFolder& folder, std::vector<std::string> overrides,
                                     std::vector<std::string> unset = {}) {
    before_ = folder.load();
    after_ = folder.load(std::move(overrides), std::move(unset));
    return explain(after_, before_, registry_);
  }

  Explanation of(const std::vector<Explanation>& all, const std::string& path) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Explanation& each) { return each.path == path; });
    if (found == all.end()) {
      ADD_FAILURE() << path << " is not explained";
      return {};
    }
    return *found;
  }

  Registry registry_ = fake_registry();
  LoadedConfig before_, after_;
};

TEST_F(ExplainTest, NamesTheLineThatWroteAValue) {
  const ConfigFolder folder(five_lines);

  const Explanation until = of(explained(folder, {}), "train.until");

  EXPECT_EQ(folder.without_folder(to_string(until.where)), "c.yaml:5:16");
  EXPECT_EQ(until.value, Json("20 epochs"));
  EXPECT_TRUE(until.replaced.empty());
  ASSERT_NE(until.field, nullptr);
  EXPECT_TRUE(until.field->is_required);
}

TEST_F(ExplainTest, TellsDefaultsAndWhatTheTaskImplies) {
  const ConfigFolder folder(five_lines);
  const std::vector<Explanation> all = explained(folder, {});

  EXPECT_EQ(to_string(of(all, "optimizer.lr").where), "default of optimizer/adamw");
  EXPECT_EQ(to_string(of(all, "seed").where), "default of experiment");
  EXPECT_EQ(to_string(of(all, "loss.type").where), "implied by task classification");
  EXPECT_EQ(to_string(of(all, "dataset.split.train").where), "implied by dataset flowers");
}

TEST_F(ExplainTest, TellsWhatAnOverrideReplaced) {
  const ConfigFolder folder(text(five_lines, "seed: 4\n"));
  const std::vector<Explanation> all = explained(folder, {"seed=5", "optimizer.lr=0.1"});

  const Explanation seed = of(all, "seed");
  EXPECT_EQ(to_string(seed.where), "override 1 (seed=5)");
  ASSERT_EQ(seed.replaced.size(), 1u);
  EXPECT_EQ(seed.replaced[0].value, Json(4));
  EXPECT_EQ(folder.without_folder(to_string(seed.replaced[0].where)), "c.yaml:6:7");

  const Explanation lr = of(all, "optimizer.lr");
  ASSERT_EQ(lr.replaced.size(), 1u);
  EXPECT_EQ(to_string(lr.replaced[0].where), "default of optimizer/adamw");
}

TEST_F(ExplainTest, TellsWhatUnsetTookAway) {
  const ConfigFolder folder(text(five_lines, "seed: 4\n"));

  const Explanation seed = of(explained(folder, {}, {"seed"}), "seed");

  EXPECT_EQ(to_string(seed.where), "default of experiment");
  ASSERT_EQ(seed.replaced.size(), 1u);
  EXPECT_EQ(seed.replaced[0].value, Json(4));
}

TEST_F(ExplainTest, AListOfNumbersIsOneValueAlsoIfAnOverrideChangedOneOfThem) {
  const ConfigFolder folder(
      "assay: 1\ndataset: flowers\nmodel: {type: mlp, hidden: [3, 4]}\noptimizer: adamw\n"
      "train: {until: 20 epochs}\n");

  const Explanation hidden = of(explained(folder, {"model.hidden.1=5"}), "model.hidden");

  EXPECT_EQ(hidden.value, Json(Json::List{3, 5}));
  EXPECT_EQ(to_string(hidden.where), "override 1 (model.hidden.1=5)");
}

/// `[3, 4] of base.yaml:3:24`, a line each.
std::string replaced_text(const ConfigFolder& folder, const Explanation& each) {
  std::string lines;
  for (const Explanation::Replaced& before : each.replaced)
    lines += text(canonical_json(before.value), " of ", folder.without_folder(to_string(before.where)), '\n');
  return lines;
}

TEST_F(ExplainTest, TellsWhatAFileReplacedInItsBasesLatestFirst) {
  const ConfigFolder folder("extends: middle.yaml\nmodel: {dropout: 0.3}\n");
  folder.write("middle.yaml", "extends: base.yaml\nmodel: {dropout: 0.2}\nseed: 2\n");
  folder.write("base.yaml",
               "assay: 1\ndataset: flowers\nmodel: {type: mlp, dropout: 0.1}\nseed: 1\n"
               "optimizer: adamw\ntrain: {until: 20 epochs}\n");
  const std::vector<Explanation> all = explained(folder, {"model.dropout=0.4"});

  EXPECT_EQ(replaced_text(folder, of(all, "model.dropout")),
            "0.3 of c.yaml:2:18\n0.2 of middle.yaml:2:18\n0.1 of base.yaml:3:29\n");
  EXPECT_EQ(replaced_text(folder, of(all, "seed")), "1 of base.yaml:4:7\n");
  EXPECT_TRUE(of(all, "train.until").replaced.empty());
}

TEST_F(ExplainTest, TellsWhatAFileReplacedInAPreset) {
  const ConfigFolder folder(
      "assay: 1\ndataset: flowers\nmodel: {type: small, dropout: 0.2}\noptimizer: adamw\n"
      "train: {until: 20 epochs}\n");
  folder.write("configs/model/small.yaml", "type: mlp\nhidden: [4]\ndropout: 0.1\n");
  const std::vector<Explanation> all = explained(folder, {});

  EXPECT_EQ(replaced_text(folder, of(all, "model.dropout")), "0.1 of configs/model/small.yaml:3:10\n");
  EXPECT_TRUE(of(all, "model.hidden").replaced.empty());
}

TEST_F(ExplainTest, TellsOfComponentsAndListsThatWereReplacedAsAWhole) {
  const ConfigFolder folder(
      "extends: base.yaml\nmodel: small\noptimizer: {type: sgd, lr: 0.5}\nmetrics: [{type: accuracy, top: "
      "2}]\n");
  folder.write("configs/model/small.yaml", "type: mlp\nhidden: [4]\n");
  folder.write("base.yaml",
               "assay: 1\ndataset: flowers\nmodel: {type: stack, dropout: 0.1}\n"
               "optimizer: adamw\nmetrics: [accuracy]\ntrain: {until: 20 epochs}\n");
  const std::vector<Explanation> all = explained(folder, {});

  EXPECT_EQ(replaced_text(folder, of(all, "model.type")),
            "{\"dropout\":0.1,\"type\":\"stack\"} of base.yaml:3:8\n");
  EXPECT_EQ(replaced_text(folder, of(all, "optimizer.type")), "\"adamw\" of base.yaml:4:12\n");
  EXPECT_TRUE(of(all, "optimizer.lr").replaced.empty());
  EXPECT_EQ(replaced_text(folder, of(all, "metrics.0.type")), "[\"accuracy\"] of base.yaml:5:10\n");
}

TEST_F(ExplainTest, TellsWhatAnOverrideReplacedAsAWhole) {
  const ConfigFolder folder(
      "assay: 1\ndataset: flowers\nmodel: {type: mlp, dropout: 0.2}\noptimizer: adamw\n"
      "train: {until: 20 epochs}\noverrides: {model.dropout: 0.3}\n");
  const std::vector<Explanation> all = explained(folder, {"model=stack"});

  EXPECT_EQ(replaced_text(folder, of(all, "model.type")),
            "{\"dropout\":0.3,\"type\":\"mlp\"} of c.yaml:3:8\n");
  EXPECT_EQ(replaced_text(folder, of(explained(folder, {}), "model.dropout")), "0.2 of c.yaml:3:29\n");
}

TEST_F(ExplainTest, FindsWhatWasWrittenByAnOldName) {
  const ConfigFolder folder(
      "assay: 1\ndataset: flowers\nmodel: mlp\noptimizer: {type: sgd, learning_rate: 0.2}\n"
      "train: {until: 20 epochs}\n");

  const Explanation lr = of(explained(folder, {}), "optimizer.lr");

  EXPECT_EQ(lr.value, Json(0.2));
  EXPECT_EQ(lr.where.line, 4);
}

TEST_F(ExplainTest, ComponentsInListsAreExplainedOneByOne) {
  const ConfigFolder folder(
      "assay: 1\ndataset: flowers\nmodel: {type: stack, layers: [{type: linear, units: 3}]}\n"
      "optimizer: adamw\ntrain: {until: 20 epochs}\n");
  const std::vector<Explanation> all = explained(folder, {});

  EXPECT_EQ(of(all, "model.layers.0.units").value, Json(3));
  EXPECT_EQ(of(all, "model.layers.0.type").where.line, 3);
}

}  // namespace
}  // namespace assay::testing
