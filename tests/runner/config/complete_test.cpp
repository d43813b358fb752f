#include "runner/config/complete.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> words_of(const std::vector<Completion>& completions) {
  std::vector<std::string> words;
  for (const Completion& each : completions) words.push_back(each.text);
  return words;
}

class CompleteTest : public ::testing::Test {
 protected:
  std::vector<std::string> overrides(std::string_view written) {
    return words_of(complete_override(written, config_, registry_, presets_));
  }

  Registry registry_ = fake_registry();
  PresetNames presets_;
  ConfigFolder folder_{five_lines};
  Value config_ = folder_.load().composed;
};

TEST_F(CompleteTest, KeysBeginAtTheTop) {
  EXPECT_THAT(overrides("opt"), ElementsAre("optimizer=", "optimizer."));
  EXPECT_THAT(overrides("see"), ElementsAre("seed="));
}

TEST_F(CompleteTest, SectionsHaveKeysAndNoValue) { EXPECT_THAT(overrides("trai"), ElementsAre("train.")); }

TEST_F(CompleteTest, ListsCanBeAppendedTo) {
  EXPECT_THAT(overrides("metr"), ElementsAre("metrics=", "metrics+=", "metrics."));
}

TEST_F(CompleteTest, ParametersAreThoseOfTheConfigsComponent) {
  EXPECT_THAT(overrides("optimizer."), ElementsAre("optimizer.lr=", "optimizer.weight_decay="));
}

TEST_F(CompleteTest, WithoutAConfigParametersOfAllComponentsAreOffered) {
  config_ = Value();

  EXPECT_THAT(overrides("optimizer."),
              ElementsAre("optimizer.lr=", "optimizer.weight_decay=", "optimizer.momentum="));
}

TEST_F(CompleteTest, ValuesOfASlotAreComponentsAndPresets) {
  presets_["model"] = {"small"};

  EXPECT_THAT(overrides("model="), ElementsAre("model=mlp", "model=stack", "model=small"));
  EXPECT_THAT(overrides("model.type=st"), ElementsAre("model.type=stack"));
  EXPECT_THAT(overrides("metrics+=a"), ElementsAre("metrics+=accuracy"));
}

TEST_F(CompleteTest, ValuesAreTrueAndFalseOrTheChoicesOfARule) {
  EXPECT_THAT(overrides("train.shuffle="), ElementsAre("train.shuffle=true", "train.shuffle=false"));
  EXPECT_THAT(overrides("evaluate.test=b"), ElementsAre("evaluate.test=best"));
  EXPECT_THAT(overrides("seed="), IsEmpty());
}

TEST_F(CompleteTest, ItemsOfListsHaveNumbers) {
  folder_.write("c.yaml",
                "assay: 1\ndataset: flowers\nmodel: {type: stack, layers: [linear, linear]}\n"
                "optimizer: adamw\ntrain: {until: 20 epochs}\n");
  config_ = folder_.load().composed;

  EXPECT_THAT(overrides("model.layers."), Contains("model.layers.1."));
  EXPECT_THAT(overrides("model.layers.1.u"), ElementsAre("model.layers.1.units="));
}

TEST_F(CompleteTest, KeysAloneHaveNoEqualsSign) {
  EXPECT_THAT(words_of(complete_key("optimizer.l", config_, registry_)), ElementsAre("optimizer.lr"));
  EXPECT_THAT(words_of(complete_key("train", config_, registry_)), ElementsAre("train", "train."));
}

TEST_F(CompleteTest, CarriesTheDocOfTheDeclaration) {
  EXPECT_EQ(complete_override("optimizer.l", config_, registry_, {}).at(0).doc, "step size");
}

TEST_F(CompleteTest, NonsenseGivesNothing) {
  for (const char* written : {"nowhere.", "optimizer.lr.x", "..", "=", "model.=", "a..b="})
    EXPECT_THAT(overrides(written), IsEmpty()) << written;
}

}  // namespace
}  // namespace assay::testing
