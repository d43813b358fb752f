#include "runner/config/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/config/canonical.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* config =
    "assay: 1\n"
    "dataset: flowers\n"
    "model: {type: mlp, hidden: [1, 2, 3], dropout: 0.1}\n"
    "optimizer: adamw\n"
    "train: {until: 20 epochs}\n"
    "observers: [early_stop, {type: early_stop, name: late}]\n";

std::string value(const std::vector<std::string>& overrides, std::string_view path,
                  std::vector<std::string> unset = {}) {
  const LoadedConfig loaded = ConfigFolder(config).load(overrides, std::move(unset));
  const Json* found = loaded.resolved.find_path(path);
  return found ? canonical_json(*found) : "nothing";
}

std::string problems(const std::vector<std::string>& overrides, std::vector<std::string> unset = {}) {
  return ConfigFolder(config).problems(overrides, std::move(unset));
}

TEST(Overrides, SetScalarsListsAndItems) {
  EXPECT_EQ(value({"model.dropout=0.5"}, "model.dropout"), "0.5");
  EXPECT_EQ(value({"model.hidden=[7]"}, "model.hidden"), "[7]");
  EXPECT_EQ(value({"model.hidden.1=7"}, "model.hidden"), "[1,7,3]");
  EXPECT_EQ(value({"model.hidden[2]=7"}, "model.hidden"), "[1,2,7]");
}

TEST(Overrides, TheLastOneWins) { EXPECT_EQ(value({"seed=1", "seed=2"}, "seed"), "2"); }

TEST(Overrides, MakeWhatIsMissing) {
  EXPECT_EQ(value({"optimizer.lr=0.5"}, "optimizer"), R"({"lr":0.5,"type":"adamw","weight_decay":0.01})");
  EXPECT_EQ(value({"evaluate.every=end"}, "evaluate.every"), R"("end")");
  EXPECT_EQ(value({"loss.smoothing=0.1"}, "loss"), R"({"smoothing":0.1,"type":"cross_entropy"})");
  EXPECT_EQ(value({"dataset.split.valid=10%"}, "dataset.split.train"), R"("70%")");
}

TEST(Overrides, AppendOneItem) {
  EXPECT_EQ(value({"model.hidden+=9"}, "model.hidden"), "[1,2,3,9]");
  EXPECT_EQ(value({"tags+=new"}, "tags"), R"(["new"])");
  EXPECT_EQ(value({"dataset.transforms+=scale", "dataset.transforms+=standardize"}, "dataset.transforms"),
            R"([{"type":"scale"},{"type":"standardize"}])");
}

TEST(Overrides, AppendToWhatTheTaskImplies) {
  EXPECT_EQ(value({"metrics+={type: accuracy, top: 5}"}, "metrics"),
            R"([{"top":1,"type":"accuracy"},{"top":5,"type":"accuracy"}])");
}

TEST(Overrides, AddressItemsByName) {
  EXPECT_EQ(value({"metrics.accuracy.top=3"}, "metrics.0.top"), "3") << "of an implied list, too";
  EXPECT_EQ(value({"observers.late.patience=9"}, "observers.1.patience"), "9");
}

TEST(Overrides, UnsetGoesBackToTheDefault) {
  EXPECT_EQ(value({}, "model.dropout", {"model.dropout"}), "0");
  EXPECT_EQ(value({"~model.dropout"}, "model.dropout"), "0");
  EXPECT_EQ(value({"model.dropout=0.7"}, "model.dropout", {"model.dropout"}), "0.7") << "--unset comes first";
  EXPECT_EQ(value({"~observers.late"}, "observers.1"), "nothing");
  EXPECT_EQ(value({"~metrics.accuracy"}, "metrics"), "[]");
  EXPECT_EQ(value({}, "seed", {"seed"}), "0") << "what is not written is unset already";
}

TEST(Overrides, ABareNameReplacesTheSlot) {
  EXPECT_EQ(value({"model=stack"}, "model"), R"({"dropout":0,"layers":[],"type":"stack"})");
}

TEST(Overrides, AMapMergesAndWithAnotherTypeReplaces) {
  EXPECT_EQ(value({"model={dropout: 0.5}"}, "model.hidden"), "[1,2,3]");
  EXPECT_EQ(value({"model={type: stack}"}, "model.dropout"), "0");
}

TEST(Overrides, SwitchingTheTypeMustNotLeaveParametersBehind) {
  EXPECT_EQ(problems({"model.type=stack"}),
            "override 1 (model.type=stack): error: model.type leaves parameters of mlp behind: hidden\n"
            "  hint: `model=stack` replaces the whole model");
  EXPECT_EQ(value({"model.type=stack", "~model.hidden"}, "model.type"), R"("stack")")
      << "shared ones may stay";
}

TEST(Overrides, ValuesAreYaml) {
  EXPECT_EQ(value({"train.until=[3 epochs, 2 h]"}, "train.until"), R"(["3 epochs","7200 s"])");
  EXPECT_EQ(value({"tags=['1', \"x y\"]"}, "tags"), R"(["1","x y"])");
  EXPECT_THAT(problems({"model.hidden=[1"}),
              HasSubstr("override 1 (model.hidden=[1): error: the '[' is never closed"));
}

TEST(Overrides, ProblemsPointAtTheOverrideByItsPlace) {
  EXPECT_EQ(
      problems({"seed=1", "optimizer.lr=-1", "modle.dropout=0.1"}),
      "override 2 (optimizer.lr=-1): error: optimizer.lr is -1, must be above 0\n  hint: step size "
      "(default 0.001)\n"
      "override 3 (modle.dropout=0.1): error: modle: unknown key\n  hint: did you mean 'model'? known: "
      "assay, plugins, name, tags, seed, device, threads, deterministic, dataset, model, init_from, loss, penalties, "
      "optimizer, schedule, metrics, predict, train, evaluate, checkpoint, observers, sweep, launcher, extends, "
      "overrides, vars");
}

TEST(Overrides, WhatMakesNoSenseIsRefused) {
  EXPECT_THAT(problems({"model"}), HasSubstr("is no override: it has no '='"));
  EXPECT_THAT(problems({"a..b=1"}), HasSubstr("'a..b' is no key"));
  EXPECT_THAT(problems({"=1"}), HasSubstr("'' is no key"));
  EXPECT_THAT(problems({"a[1=1"}), HasSubstr("'a[1' is no key"));
  EXPECT_THAT(problems({"~seed=1"}), HasSubstr("both unsets a key and gives it a value"));
  EXPECT_THAT(problems({"seed=1", "seed.x=1"}),
              HasSubstr("override 2 (seed.x=1): error: seed is '1', which holds no keys"));
}

TEST(Overrides, ItemsThatAreNotThereAreNamed) {
  EXPECT_THAT(problems({"model.hidden.3=1"}),
              HasSubstr("model.hidden.3: there is no item 3: the list has 3 items, counted from 0"));
  EXPECT_THAT(problems({"observers.lat.patience=1"}),
              HasSubstr("no item of the list is called 'lat'\n  hint: did you mean 'late'?"));
  EXPECT_THAT(problems({"observers.early_stop.patience=1"}), HasSubstr("more than one item has this name"));
  EXPECT_THAT(problems({"metrics.rmse.x=1"}), HasSubstr("no item of the list is called 'rmse'"));
}

TEST(Overrides, UnsettingAnUnknownKeyIsAMistake) {
  EXPECT_EQ(problems({}, {"model.droput"}),
            "override 1 (--unset model.droput): error: model.droput: unknown key\n"
            "  hint: did you mean 'dropout'? known: hidden, dropout, input_dropout");
}

}  // namespace
}  // namespace assay::testing
