#include "runner/config/composition.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "runner/config/bind.h"
#include "runner/config/canonical.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;

using Texts = std::vector<std::string>;

/// All that a config becomes, or every problem in it.
std::string outcome(const std::function<LoadedConfig()>& load) {
  try {
    const LoadedConfig loaded = load();
    std::string shown = canonical_json(loaded.resolved) + '\n' + canonical_json(loaded.identity) + '\n' +
                        canonical_json(loaded.provenance);
    for (const SourceText& source : loaded.sources) shown += '\n' + source.name;
    for (const Problem& warning : loaded.warnings) shown += '\n' + to_string(warning);
    return shown;
  } catch (const Error& error) {
    return error.what();
  }
}

/// The overrides as a sweep makes them; nothing if one of them is no override.
std::optional<std::vector<Override>> typed(const Texts& overrides) {
  std::vector<Override> made;
  std::vector<Problem> problems;
  for (const std::string& written : overrides) {
    const Where where = Where::argument(static_cast<int>(made.size()) + 1, written);
    std::optional<Override> parsed = parse_override(written, where, problems);
    if (!parsed) return std::nullopt;
    made.push_back(std::move(*parsed));
  }
  return made;
}

Override set_to(const std::string& path, Value value) {
  std::vector<Problem> problems;
  Override made = parse_key(path, value.where(), problems).value();
  made.value = std::move(value);
  return made;
}

Value scalar(std::string text) {
  return Value::scalar(std::move(text), false, Where::argument(1, "trial 7"));
}

// ---- One pipeline: binding a composition is loading a config

struct Case {
  const char* what;
  const char* config;
  Texts overrides;
};

constexpr const char* rich =
    "assay: 1\n"
    "vars: {rate: 0.1, units: 3}\n"
    "dataset: flowers\n"
    "model: {type: mlp, hidden: [1, 2, $(vars.units)], dropout: 0.1, input_dropout: $(model.dropout / 2)}\n"
    "optimizer: {type: adamw, lr: $(vars.rate)}\n"
    "train: {until: 20 epochs}\n"
    "observers: [early_stop, {type: early_stop, name: late}]\n";

// The second line of dataset and the loss depend on what is put over it.
constexpr const char* chosen_by_vars =
    "assay: 1\n"
    "vars: {data: flowers, kind: all}\n"
    "dataset: $(vars.data)\n"
    "model: mlp\n"
    "optimizer: adamw\n"
    "train: {until: 20 epochs}\n";

constexpr const char* mistaken =
    "assay: 1\n"
    "dataset: flowers\n"
    "model: {type: mlp, dropout: 7, hiden: [1]}\n"
    "optimizer: {type: sgd, learning_rate: 0.1}\n"
    "train: {until: 20}\n"
    "sead: 1\n";

constexpr const char* extending =
    "extends: base.yaml\n"
    "overrides: {optimizer.lr: 0.5, \"metrics+\": {type: accuracy, top: 5}}\n"
    "model: small\n";

const Case cases[] = {
    {"nothing", rich, {}},
    {"scalars, lists and items",
     rich,
     {"seed=3", "model.hidden=[7]", "model.hidden.0=8", "train.batch_size=1"}},
    {"the last one wins", rich, {"seed=1", "seed=2"}},
    {"what an expression sees", rich, {"vars.rate=0.5", "vars.units=9", "model.dropout=0.4"}},
    {"an expression", rich, {"optimizer.lr=$(vars.rate * 2)", "vars.new=1"}},
    {"a broken expression", rich, {"vars={}"}},
    {"expressions in a circle", rich, {"model.dropout=$(model.input_dropout)"}},
    {"another component", rich, {"model={type: stack, layers: [linear]}", "optimizer=sgd"}},
    {"a type with left-over parameters", rich, {"model.type=stack"}},
    {"a type whose parameters are given", rich, {"optimizer.type=sgd", "optimizer.lr=0.2"}},
    {"appended items", rich, {"model.hidden+=9", "tags+=new", "dataset.transforms+=scale"}},
    {"items appended to what is implied", rich, {"metrics+={type: accuracy, top: 5}"}},
    {"items by their name", rich, {"metrics.accuracy.top=3", "observers.late.patience=9"}},
    {"removed keys", rich, {"~model.dropout", "~observers.0", "~vars.units", "~nothing.here"}},
    {"another task", rich, {"dataset=prices"}},
    {"another task, by an expression", chosen_by_vars, {"vars.data=prices"}},
    {"a data set that is none", chosen_by_vars, {"vars.data=fish"}},
    {"a part of the implied split", rich, {"dataset.split.valid=5%", "dataset.split.train=80%"}},
    {"a file relative to the command line", rich, {"dataset={type: prices, file: a/b.csv}"}},
    {"an old name", rich, {"optimizer={type: sgd, learning_rate: 0.5}"}},
    {"mistakes of the file", mistaken, {}},
    {"mistakes put right", mistaken, {"model=mlp", "~sead", "train.until=20 epochs"}},
    {"mistakes of both", mistaken, {"model.dropout=0.5", "seed=-1", "train.batch=3"}},
    {"mistakes of the command line",
     rich,
     {"seed=one", "model.dropout=2", "modle=mlp", "observers.9.name=a"}},
    {"what is no override", rich, {"seed", "a..b=1", "~seed=1", "seed=[", "seed=5"}},
    {"no version", "model: mlp\n", {"train.until=1 epoch"}},
    {"a preset", rich, {"model=small"}},
    {"a preset on a preset", rich, {"model=smaller", "model.hidden.0=7"}},
    {"a preset beside parameters", rich, {"model={type: small, dropout: 0.25}"}},
    {"presets in a list", rich, {"model={type: stack, layers: [wide, linear]}", "model.layers+=wide"}},
    {"presets that are replaced", rich, {"model=small", "model=broken", "model=mlp"}},
    {"a preset with a mistake", rich, {"model=broken"}},
    {"a preset that is no YAML", rich, {"model=torn", "seed=-1"}},
    {"presets in a circle", rich, {"model=round"}},
    {"a preset that is nearly named", rich, {"model=smal"}},
    {"a component by an expression", rich, {"vars.m=stack", "model=$(vars.m)"}},
    {"a file that extends", extending, {}},
    {"over a file that extends", extending, {"optimizer.lr=0.25", "model.dropout=0", "metrics.1.top=7"}},
    {"a list that a file extended", extending, {"metrics=[]", "model=smaller"}},
};

class CompositionCases : public ::testing::Test {
 protected:
  CompositionCases() {
    folder_.write("base.yaml", five_lines);
    folder_.write("configs/model/small.yaml", "type: mlp\nhidden: [4]\ndropout: 0.5\n");
    folder_.write("configs/model/smaller.yaml", "type: small\nhidden: [2]\n");
    folder_.write("configs/model/broken.yaml", "type: mlp\nhiden: [2]\n");
    folder_.write("configs/model/torn.yaml", "type: [mlp\n");
    folder_.write("configs/model/round.yaml", "type: round\n");
    folder_.write("configs/layer/wide.yaml", "type: linear\nunits: 99\n");
  }

  Composition compose(Texts overrides = {}) const {
    return Composition({.file = folder_ / "c.yaml", .overrides = std::move(overrides)}, registry_);
  }

  ConfigFolder folder_;
  Registry registry_ = fake_registry();
};

TEST_F(CompositionCases, BindAsLoadingDoes) {
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    folder_.write("c.yaml", each.config);
    const std::string expected = outcome([&] { return folder_.load(each.overrides); });
    const Composition composition = compose();

    EXPECT_EQ(outcome([&] { return composition.load(each.overrides); }), expected);
    if (const auto overrides = typed(each.overrides)) {
      EXPECT_EQ(outcome([&] { return composition.load(*overrides); }), expected) << "without YAML";
    }
    EXPECT_EQ(outcome([&] { return composition.load(each.overrides); }), expected) << "once more";
  }
}

TEST_F(CompositionCases, OverridesMayStandInTheRequestOrBeGivenToBind) {
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    folder_.write("c.yaml", each.config);
    const std::string expected = outcome([&] { return folder_.load(each.overrides); });
    for (std::size_t n = 0; n <= each.overrides.size(); ++n) {
      const auto middle = each.overrides.begin() + static_cast<std::ptrdiff_t>(n);
      const Composition composition = compose({each.overrides.begin(), middle});
      EXPECT_EQ(outcome([&] { return composition.load(Texts(middle, each.overrides.end())); }), expected)
          << n;
    }
  }
}

TEST_F(CompositionCases, OneBindingLeavesNothingToTheNext) {
  folder_.write("c.yaml", rich);
  const Composition shared = compose();
  for (const Case& each : cases) outcome([&] { return shared.load(each.overrides); });

  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    EXPECT_EQ(outcome([&] { return shared.load(each.overrides); }),
              outcome([&] { return compose().load(each.overrides); }));
  }
}

TEST_F(CompositionCases, SeveralThreadsMayBind) {
  folder_.write("c.yaml", rich);
  const Composition shared = compose();
  std::vector<std::string> expected;
  for (const Case& each : cases) expected.push_back(outcome([&] { return compose().load(each.overrides); }));

  std::vector<std::vector<std::string>> seen(4);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& mine : seen) {
    threads.emplace_back([&] {
      for (const Case& each : cases) mine.push_back(outcome([&] { return shared.load(each.overrides); }));
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (const std::vector<std::string>& mine : seen) EXPECT_EQ(mine, expected);
}

// Messages name files as they were asked for: from the folder that holds them.
class CompositionGolden : public ::testing::Test {
 protected:
  CompositionGolden() : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(std::filesystem::path(source_folder()) / "tests/golden/errors");
  }
  ~CompositionGolden() override { std::filesystem::current_path(before_); }

  static Texts arguments_of(std::filesystem::path config) {
    Texts lines;
    std::ifstream file(config.replace_extension(".args"));
    for (std::string line; std::getline(file, line);) {
      if (!line.empty()) lines.push_back(line);
    }
    return lines;
  }

 private:
  std::filesystem::path before_;
};

TEST_F(CompositionGolden, MistakesReadTheSameHoweverTheyAreBound) {
  const Registry registry = builtin_registry();
  for (const auto& entry : std::filesystem::directory_iterator(".")) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string file = entry.path().filename().string();
    for (const Texts& further : {Texts{}, Texts{"seed=3", "optimizer.lr=-1", "metrics+=acuracy"}}) {
      SCOPED_TRACE(file + (further.empty() ? "" : " and three overrides"));
      Texts overrides = arguments_of(entry.path());
      overrides.insert(overrides.end(), further.begin(), further.end());
      const std::string expected =
          outcome([&] { return load_config({.file = file, .overrides = overrides}, registry); });

      EXPECT_EQ(outcome([&] { return Composition({.file = file}, registry).load(overrides); }), expected);
      if (const auto same = typed(overrides)) {
        EXPECT_EQ(outcome([&] { return Composition({.file = file}, registry).load(*same); }), expected);
      }
    }
  }
}

// ---- What only a composition has

TEST(Composition, BindsValuesThatNobodyWroteAsYaml) {
  ConfigFolder folder(rich);
  const Registry registry = fake_registry();
  const Composition composition({.file = folder / "c.yaml"}, registry);
  const Where where = Where::argument(2, "trial 7");
  const std::vector<Override> proposal = {
      set_to("optimizer.lr", scalar("0.25")),
      set_to("model.hidden", Value::list({scalar("5"), scalar("6")}, where)),
      set_to("tags+", Value::scalar("123", true, where))};

  const BoundConfig trial = composition.bind(proposal);

  const Json resolved = resolved_of(trial.experiment);
  EXPECT_EQ(resolved.find_path("optimizer.lr")->real(), 0.25);
  EXPECT_EQ(canonical_json(*resolved.find_path("model.hidden")), "[5,6]");
  EXPECT_EQ(resolved.find_path("tags.0")->text(), "123");
  EXPECT_EQ(to_string(trial.composed.find_path("optimizer.lr")->where()), "override 1 (trial 7)");
}

TEST(Composition, ProblemsOfAValuePointToItsPlace) {
  ConfigFolder folder(rich);
  const Registry registry = fake_registry();
  const Composition composition({.file = folder / "c.yaml"}, registry);
  const std::vector<Override> proposal = {set_to("optimizer.lr", scalar("-1"))};

  try {
    composition.bind(proposal);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("override 1 (trial 7): error: optimizer.lr is -1, must be above 0"));
  }
}

TEST(Composition, WarningsRideAlongWithEveryBinding) {
  ConfigFolder folder(
      "assay: 1\ndataset: flowers\nmodel: mlp\noptimizer: {type: sgd, learning_rate: 1}\n"
      "train: {until: 20 epochs}\n");
  const Registry registry = fake_registry();
  const Composition composition({.file = folder / "c.yaml"}, registry);

  for (int i = 0; i < 2; ++i) EXPECT_EQ(composition.bind().warnings.size(), 1u);
}

TEST(Composition, ThrowsAtOnceIfTheFileCannotBeRead) {
  ConfigFolder folder("model: [mlp\n");
  const Registry registry = fake_registry();

  EXPECT_THROW(Composition({.file = folder / "c.yaml"}, registry), Error);
  EXPECT_THROW(Composition({.file = folder / "other.yaml"}, registry), Error);
}

TEST(Composition, LetsABindingPutTheFileRight) {
  ConfigFolder folder("assay: 1\ndataset: flowers\nmodel: {type: mlp, dropout: 7}\noptimizer: adamw\n");
  const Registry registry = fake_registry();
  const Composition composition({.file = folder / "c.yaml"}, registry);

  EXPECT_THROW(composition.bind(), Error);
  const Texts overrides = {"model.dropout=0.5", "train.until=1 epoch"};
  EXPECT_EQ(composition.load(overrides).resolved.find_path("model.dropout")->real(), 0.5);
}

TEST_F(CompositionCases, FilesAreReadOnce) {
  folder_.write("c.yaml", rich);
  const Composition composition = compose();
  const Texts overrides = {"model=smaller"};
  const std::string before = outcome([&] { return composition.load(overrides); });

  folder_.write("c.yaml", "nothing: 1\n");
  folder_.write("configs/model/smaller.yaml", "nothing: 1\n");
  std::filesystem::remove(folder_ / "configs/model/small.yaml");

  EXPECT_EQ(outcome([&] { return composition.load(overrides); }), before);
}

TEST_F(CompositionCases, APresetThatOneBindingReadIsNoSourceOfTheNext) {
  folder_.write("c.yaml", rich);
  const Composition composition = compose();

  EXPECT_EQ(composition.load(Texts{"model=smaller"}).sources.size(), 3u);
  EXPECT_EQ(composition.load().sources.size(), 1u);
}

}  // namespace
}  // namespace assay::testing
