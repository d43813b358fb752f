#include "runner/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/config/canonical.h"
#include "runner/config/to_yaml.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string text_at(const Json& json, std::string_view path) {
  const Json* found = json.find_path(path);
  return found ? canonical_json(*found) : "nothing";
}

std::string origin(const LoadedConfig& config, std::string_view path) {
  const Json* found = config.provenance.find(path);
  return found ? found->text() : "nothing";
}

TEST(Load, FiveLinesRun) {
  const LoadedConfig config = ConfigFolder(five_lines).load();

  EXPECT_EQ(config.experiment.name, "c");
  EXPECT_EQ(config.experiment.loss.name(), "cross_entropy");
  ASSERT_EQ(config.experiment.metrics.size(), 1u);
  EXPECT_EQ(config.experiment.metrics[0].name(), "accuracy");
  EXPECT_EQ(config.experiment.dataset.shared().split.name(), "fractions");
  EXPECT_EQ(config.experiment.schedule.name(), "constant");
  EXPECT_TRUE(config.warnings.empty());
}

TEST(Load, ProvenanceTellsFilesOverridesImpliedAndDefaults) {
  ConfigFolder folder(five_lines);
  const LoadedConfig config = folder.load({"seed=3", "optimizer.lr=0.5"});

  EXPECT_EQ(folder.without_folder(origin(config, "model.type")), "c.yaml:3:8");
  EXPECT_EQ(origin(config, "optimizer.lr"), "override 2 (optimizer.lr=0.5)");
  EXPECT_EQ(origin(config, "optimizer.weight_decay"), "default of optimizer/adamw");
  EXPECT_EQ(origin(config, "threads"), "default of experiment");
  EXPECT_EQ(origin(config, "loss.type"), "implied by task classification");
  EXPECT_EQ(origin(config, "metrics.0.type"), "implied by task classification");
  EXPECT_EQ(origin(config, "dataset.split.train"), "implied by dataset flowers");
  EXPECT_EQ(origin(config, "name"), "implied by the file's name");
}

TEST(Load, TheResolvedConfigReadsAsTheSameExperiment) {
  ConfigFolder folder(five_lines);
  const LoadedConfig first = folder.load({"optimizer={type: sgd, lr: 1e-5}", "dataset.split.valid=5%",
                                          "metrics+={type: accuracy, top: 5}", "observers=[early_stop]",
                                          "checkpoint.keep_best=valid/loss", "name='1e3'"});
  ConfigFolder again(to_yaml(first.resolved));

  const LoadedConfig second = again.load();

  EXPECT_EQ(canonical_json(second.resolved), canonical_json(first.resolved));
  EXPECT_EQ(canonical_json(second.identity), canonical_json(first.identity));
}

TEST(Load, IdentityLeavesOutWhatChangesNoNumber) {
  ConfigFolder folder(five_lines);
  const Json plain = folder.load({"device=cuda"}).identity;
  const Json same = folder.load({"device=cuda:1", "name=other", "tags=[a]"}).identity;
  const Json other = folder.load({"device=cuda", "seed=1"}).identity;

  EXPECT_EQ(canonical_json(plain), canonical_json(same));
  EXPECT_NE(canonical_json(plain), canonical_json(other));
  EXPECT_EQ(text_at(plain, "name"), "nothing");
  EXPECT_EQ(text_at(plain, "dataset.root"), "nothing");
}

TEST(Load, ShortFormsAndKeyOrderDoNotChangeTheIdentity) {
  const Json a = ConfigFolder(
                     "assay: 1\ndataset: flowers\nmodel: mlp\noptimizer: {lr: 1e-3, type: adamw}\ntrain: "
                     "{until: 20 epochs}\n")
                     .load()
                     .identity;
  const Json b = ConfigFolder(
                     "train: {until: 20epochs}\noptimizer: {type: adamw, lr: 0.001}\nassay: 1\nmodel: {type: "
                     "mlp}\ndataset: {type: flowers}\n")
                     .load()
                     .identity;

  EXPECT_EQ(canonical_json(a), canonical_json(b));
}

// ---- What is implied

TEST(Load, TheNameIsTheFilesAsAFolderMayBeCalled) {
  ConfigFolder folder;
  const std::string file = folder.write("-my run (1).v2.yaml", five_lines);

  EXPECT_EQ(load_config({.file = file}, fake_registry()).experiment.name, "my-run--1-.v2");
}

TEST(Load, ASplitWithoutSharesGoesOverTheDataSetsOwn) {
  const LoadedConfig config =
      ConfigFolder(five_lines).load({"dataset=prices", "dataset.split={valid: none}"});

  EXPECT_EQ(text_at(config.resolved, "dataset.split"), R"({"type":"official","valid":"none"})");
}

TEST(Load, ASplitWithSharesIsFractions) {
  const LoadedConfig config =
      ConfigFolder(five_lines).load({"dataset=prices", "dataset.split={train: 60%, test: 40%}"});

  EXPECT_EQ(text_at(config.resolved, "dataset.split"),
            R"({"stratify":false,"test":"40%","train":"60%","type":"fractions","valid":"0%"})");
}

TEST(Load, AnEmptyListOfMetricsStaysEmpty) {
  EXPECT_EQ(text_at(ConfigFolder(five_lines).load({"metrics=[]"}).resolved, "metrics"), "[]");
}

TEST(Load, AMistakeInTheDataSetDoesNotHideTheTask) {
  const std::string problems =
      ConfigFolder(five_lines).problems({"dataset={type: flowers, knd: all}", "loss=mse"});

  EXPECT_THAT(problems, HasSubstr("dataset.knd: unknown key"));
  EXPECT_THAT(problems,
              HasSubstr("loss is mse, which does not serve classification, the task of dataset flowers"));
}

// ---- Checks across keys

TEST(Load, AnOldNameStillWorksWithAWarning) {
  const LoadedConfig config = ConfigFolder(five_lines).load({"optimizer={type: sgd, learning_rate: 0.5}"});

  EXPECT_EQ(text_at(config.resolved, "optimizer.lr"), "0.5");
  ASSERT_EQ(config.warnings.size(), 1u);
  EXPECT_EQ(config.warnings[0].message, "is now called lr");
}

TEST(Load, ARunBoundedByTimeOnlyNeedsAConstantSchedule) {
  const std::string problems =
      ConfigFolder(five_lines).problems({"train.until=2 h", "schedule=cosine", "evaluate.every=5%"});

  EXPECT_THAT(
      problems,
      HasSubstr("schedule is cosine, which aims at the run's last step, but train.until gives only a time"));
  EXPECT_THAT(problems, HasSubstr("evaluate.every is 5% of the run, but train.until gives only a time"));
  EXPECT_NO_THROW(ConfigFolder(five_lines).load({"train.until=[2 h, 5 epochs]", "schedule=cosine"}));
  EXPECT_NO_THROW(ConfigFolder(five_lines).load({"train.until=2 h"}));
}

TEST(Load, TheKeptMetricMustExist) {
  const auto problem = [](const std::string& metric) {
    return ConfigFolder(five_lines).problems({"checkpoint.keep_best=" + metric});
  };
  EXPECT_EQ(problem("valid/loss"), "");
  EXPECT_EQ(problem("valid/accuracy"), "");
  EXPECT_THAT(problem("valid/acuracy"),
              HasSubstr("no metric of this run is called 'acuracy'\n  hint: did you mean 'accuracy'?"));
  EXPECT_THAT(problem("valid/rmse"), HasSubstr("hint: known: loss, accuracy"))
      << "rmse serves no classification";
  EXPECT_THAT(ConfigFolder(five_lines).problems({"metrics=[]", "checkpoint.keep_best=valid/accuracy"}),
              HasSubstr("hint: add it: metrics: [accuracy]"));
  EXPECT_THAT(problem("accuracy"), HasSubstr("must be <split>/<name>\n  hint: as `valid/accuracy`"));
  EXPECT_THAT(problem("test/accuracy"), HasSubstr("but test is looked at once, at the end"));
  EXPECT_THAT(problem("vaild/accuracy"), HasSubstr("must be of the valid split"));
}

TEST(Load, WithoutAValidPartNothingCanBeKeptByIt) {
  EXPECT_THAT(ConfigFolder(five_lines)
                  .problems({"dataset.split={train: 80%, test: 20%}", "checkpoint.keep_best=valid/loss"}),
              HasSubstr("but the split has no valid part"));
}

TEST(Load, TestingTheBestNeedsOne) {
  EXPECT_THAT(ConfigFolder(five_lines).problems({"evaluate.test=best"}),
              HasSubstr("nothing says which weights are best"));
  EXPECT_NO_THROW(ConfigFolder(five_lines).load({"evaluate.test=best", "checkpoint.keep_best=valid/loss"}));
}

// ---- All at once

TEST(Load, EveryProblemIsReportedInTheOrderOfTheFile) {
  const std::string problems = ConfigFolder(
                                   "assay: 1\n"
                                   "dataset: flowers\n"
                                   "model: {type: mlp, droput: 0.1, hidden: 3}\n"
                                   "optimizer: {type: adamw, lr: -1}\n"
                                   "train: {until: 20, batch_size: 0}\n"
                                   "seed: 1\n"
                                   "seed: 2\n")
                                   .problems({"sed=1"});

  const std::vector<std::string> places = {"c.yaml:3:20", "c.yaml:3:41", "c.yaml:4:30", "c.yaml:5:16",
                                           "c.yaml:5:32", "c.yaml:7:1",  "override 1"};
  std::size_t at = 0;
  for (const std::string& place : places) {
    const std::size_t found = problems.find(place, at);
    ASSERT_NE(found, std::string::npos) << place << " in\n" << problems;
    at = found;
  }
}

TEST(Load, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_THAT(ConfigFolder(std::string(five_lines) + "\"\\e[31mx\": 1\n").problems(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace assay::testing
