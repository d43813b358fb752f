#include "runner/config/minimal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/to_yaml.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Saved under another name, it must still be the same experiment.
void expect_same_again(const LoadedConfig& loaded, const Registry& registry) {
  const TemporaryFolder elsewhere;
  const std::string yaml = to_yaml(minimal_config(loaded, registry));
  SCOPED_TRACE(yaml);
  const LoadedConfig again = load_config({.file = elsewhere.write("again.yaml", yaml)}, registry);
  EXPECT_EQ(to_yaml(again.resolved), to_yaml(loaded.resolved));
}

TEST(Minimal, IsWhatWasWritten) {
  const ConfigFolder folder(text(five_lines, "schedule: {type: cosine}\nevaluate: {every: 2 epochs}\n"));
  const Registry registry = fake_registry();

  EXPECT_EQ(to_yaml(minimal_config(folder.load({"optimizer.lr=0.5"}), registry)),
            "assay: 1\nname: c\ndataset: flowers\nmodel: mlp\noptimizer: {type: adamw, lr: 0.5}\n"
            "schedule: cosine\ntrain: {until: 20 epochs}\nevaluate: {every: 2 epochs}\n");
}

TEST(Minimal, IsTheSameExperimentWhateverItStandsOn) {
  const Registry registry = fake_registry();
  const ConfigFolder folder;
  folder.write("c.yaml",
               "extends: base.yaml\nvars: {width: 7}\n"
               "model: {type: mlp, hidden: [\"$(vars.width)\", 3], dropout: 0.25}\n"
               "dataset: {type: flowers, split: {valid: 5%}, transforms: [scale, standardize]}\n"
               "loss: {smoothing: 0.1}\noverrides: {optimizer.lr: 0.3}\n");
  folder.write("base.yaml", five_lines);

  expect_same_again(folder.load(), registry);
  expect_same_again(folder.load({"observers+=early_stop", "optimizer=sgd", "tags=[a, b]"}), registry);
  expect_same_again(folder.load({"model={type: stack, layers: [linear, {type: linear, units: 2}]}"}),
                    registry);
  expect_same_again(folder.load({"metrics.accuracy.top=3"}), registry);
  expect_same_again(folder.load({"dataset={type: prices, file: table.csv}", "loss=mse"}), registry);
}

TEST(Minimal, HoldsOfShippedConfigs) {
  const Registry registry = builtin_registry();
  for (const char* file : {"configs/digits.yaml", "configs/csv.yaml", "configs/fashion_mnist.yaml"}) {
    const LoadedConfig loaded = load_config({.file = source_folder() + '/' + file}, registry);

    expect_same_again(loaded, registry);
    EXPECT_THAT(to_yaml(minimal_config(loaded, registry)), Not(HasSubstr("deterministic"))) << file;
  }
}

}  // namespace
}  // namespace assay::testing
