// configs/fine_tuning.yaml from its beginning to its end: a backbone, a new head, frozen at first.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/weights.h"
#include "runner/convert/formats.h"
#include "runner/store/read_record.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* backbone_config = R"(
assay: 1
name: backbone
dataset: {type: blobs, rows: 300, features: 64, classes: 3}
model:
  type: sequential
  layers:
    - flatten
    - {type: linear, units: 64}
    - relu
    - {type: linear, units: 32}
    - relu
    - linear
optimizer: {type: adamw, lr: 1e-3}
train: {until: 2 epochs}
)";

class FineTuning : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const std::string config = folder_->write("backbone.yaml", backbone_config);
    const Finished run = run_assay({"run", config, "--quiet", "--runs", *folder_ / "runs"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    backbone_run_ = std::string(trim(run.out));
    const Finished done = run_assay({"convert", backbone_run_, backbone()});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string backbone() { return *folder_ / "backbone.safetensors"; }

  static std::vector<std::string> words(const std::string& command,
                                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{command, "configs/fine_tuning.yaml", "init_from.file=" + backbone()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// A run's folder.
  static std::string run(const std::vector<std::string>& more) {
    std::vector<std::string> all = words("run", more);
    all.insert(all.end(), {"--quiet", "--runs", *folder_ / "runs"});
    const Finished done = run_assay(all);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return std::string(trim(done.out));
  }

  static std::vector<float> values(const std::string& path, std::string_view name) {
    const Registry registry = builtin_registry();
    const Implementations parts = builtin_implementations();
    const WeightFile file = convert::open_format({path, {}}, registry, parts).weights->read(path);
    const auto found = std::ranges::find(file.tensors, name, &NamedTensor::name);
    if (found == file.tensors.end()) return {};
    const Array array = read(*found);
    return {array.as<float>(), array.as<float>() + array.count()};
  }

  static std::unique_ptr<TemporaryFolder> folder_;
  static std::string backbone_run_;
};

std::unique_ptr<TemporaryFolder> FineTuning::folder_;
std::string FineTuning::backbone_run_;

TEST_F(FineTuning, CheckShowsWhatComesFromWhereAndWhatIsFrozen) {
  const Finished check = run_assay(words("check", {"--summary"}));

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.err,
              HasSubstr("init_from leaves something over: 2 tensors of the model not in the file"));
  EXPECT_THAT(check.out, AllOf(HasSubstr("Weights of backbone.safetensors"), HasSubstr("by name"),
                               HasSubstr("left out by `map`"), HasSubstr("until 2 epochs")));
}

TEST_F(FineTuning, ARuleThatDoesNothingIsAWarning) {
  const Finished check = run_assay(words("check", {R"(init_from.map={"layers.5.*": none, "head.*": none})"}));

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.err, HasSubstr("init_from.map `head.*` does nothing: no name in the file matches"));
}

TEST_F(FineTuning, ARunIsConvertedByItsName) {
  const Finished done =
      run_assay({"convert", "backbone", *folder_ / "by_name.safetensors", "--runs", *folder_ / "runs"});

  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(sha256_of_file(*folder_ / "by_name.safetensors"), sha256_of_file(backbone()));
}

TEST_F(FineTuning, FrozenLayersKeepTheWeightsOfTheFile) {
  const std::string frozen = run({"train.until=2 epochs", "init_from.freeze_until=3 epochs", "name=frozen"});

  EXPECT_THAT(values(frozen, "layers.1.weight"), ElementsAreArray(values(backbone(), "layers.1.weight")));
  EXPECT_EQ(values(frozen, "layers.5.weight").size(), 320U);
}

TEST_F(FineTuning, WhatIsFrozenForATimeIsTrainedAfterwards) {
  const std::string thawed = run({});

  EXPECT_THAT(values(thawed, "layers.1.weight"),
              Not(ElementsAreArray(values(backbone(), "layers.1.weight"))));
}

TEST_F(FineTuning, TheRecordNamesTheFileAndItsDigest) {
  const std::string tuned = run({"train.until=1 epoch", "init_from.freeze_until=3 epochs"});

  const h5::Reader record = h5::Reader::open(join_path(tuned, "run.h5"));

  EXPECT_THAT(record.texts("data/path"), ::testing::Contains(backbone()));
  EXPECT_THAT(record.texts("data/sha256"), ::testing::Contains(sha256_of_file(backbone())));
}

TEST_F(FineTuning, AFileOfOtherContentIsAnotherRun) {
  const std::string first = run({"train.until=1 epoch", "init_from.freeze_until=3 epochs"});
  const Finished plan = run_assay(
      words("run", {"train.until=1 epoch", "init_from.freeze_until=3 epochs", "--dry-run", "--quiet",
                    "init_from.type=run", "init_from.file=" + backbone_run_, "--runs", *folder_ / "runs"}));

  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_NE(std::string(trim(plan.out)), first);
}

// ---- A probe in a run.

/// A linear map whose weights are 0: it gives its biases, whatever comes in.
class ProbedRun : public ::testing::Test {
 protected:
  ProbedRun() {
    const Registry registry = builtin_registry();
    const Implementations parts = builtin_implementations();
    Array weight = zeros({10, 64}), bias = zeros({10});
    for (int i = 0; i < 10; ++i) bias.as<float>()[i] = static_cast<float>(i);
    write(registry, parts, weights(),
          {tensor_of("layers.1.weight", weight), tensor_of("layers.1.bias", bias)});
    Array output = zeros({2, 10});
    for (int i = 0; i < 20; ++i) output.as<float>()[i] = static_cast<float>(i % 10);
    output.as<float>()[13] += 0.25F;
    write(registry, parts, probe(), {tensor_of("input", zeros({2, 1, 8, 8})), tensor_of("output", output)});
    write(registry, parts, folder_ / "flat.npz",
          {tensor_of("input", zeros({2, 64})), tensor_of("output", output)});
  }

  static Array zeros(std::vector<std::int64_t> shape) {
    Array made(Dtype::f32, std::move(shape));
    std::fill_n(made.as<float>(), made.count(), 0.0F);
    return made;
  }
  static void write(const Registry& registry, const Implementations& parts, const std::string& path,
                    std::vector<NamedTensor> tensors) {
    convert::open_format({path, {}, true}, registry, parts).weights->write(path, {path, std::move(tensors)});
  }
  std::string weights() const { return folder_ / "weights.npz"; }
  std::string probe() const { return folder_ / "probe.npz"; }

  std::vector<std::string> words(const std::string& probed, const std::vector<std::string>& more = {}) const {
    const std::string config = folder_.write(
        "c.yaml", text("assay: 1\nname: probed\ndataset: digits\noptimizer: sgd\ntrain: {until: 5 steps}\n",
                       "model: {type: sequential, layers: [flatten, linear]}\ninit_from: {type: npz, file: ",
                       weights(), probed, "}\n"));
    std::vector<std::string> all{"run", config, "--quiet", "--runs", folder_ / "runs"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string with_probe() const { return text(", probe: {type: npz, file: ", probe(), "}"); }

  TemporaryFolder folder_;
};

TEST_F(ProbedRun, TheLargestDifferenceIsInTheRecord) {
  const Finished run = run_assay(words(with_probe()));
  ASSERT_EQ(run.exit_code, 0) << run.err;

  const Json environment = store::read_record(std::string(trim(run.out))).begin.environment;

  const Json* noted = environment.find("init_from_probe");
  ASSERT_NE(noted, nullptr);
  EXPECT_EQ(noted->find("largest_difference")->real(), 0.25);
  EXPECT_EQ(noted->find("largest_value")->real(), 9);
  EXPECT_EQ(noted->find("rows")->integer(), 2);
}

TEST_F(ProbedRun, AProbeOfOtherInputsIsAnErrorBeforeTheRun) {
  const Finished run = run_assay(words(text(", probe: {type: npz, file: ", folder_ / "flat.npz", "}")));

  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("init_from.probe has no rows of x [1, 8, 8], which the model takes"));
}

TEST_F(ProbedRun, AProbeIsNotPartOfWhatRunItIs) {
  const Finished plain = run_assay(words("", {"--dry-run"})),
                 probed = run_assay(words(with_probe(), {"--dry-run"}));

  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_EQ(plain.out, probed.out);
}

TEST_F(ProbedRun, ARunWithoutFirstWeightsKeepsItsId) {
  const Finished plan =
      run_assay({"run", "configs/digits.yaml", "--dry-run", "--quiet", "--runs", folder_ / "runs"});

  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("digits-mlp/a1bc082bec"));
}

TEST_F(FineTuning, AStrictStartNeedsEveryTensor) {
  const Finished check = run_assay(words("check", {"init_from.strict=true"}));

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err,
              AllOf(HasSubstr("init_from does not fit the model: 2 tensors of the model not in the file"),
                    HasSubstr("layers.5.weight [10, 32] is not in the file")));
}

TEST_F(FineTuning, AHeadOfAnotherShapeIsNamedWithWhatToDo) {
  const Finished check = run_assay(words("check", {"--unset", "init_from.map"}));

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err, AllOf(HasSubstr("layers.5.weight [10, 32] is [3, 32] in the file"),
                               HasSubstr("map: {\"NAME\": none}")));
}

TEST_F(FineTuning, AMissingFileIsNamed) {
  const Finished check = run_assay({"check", "configs/fine_tuning.yaml"});

  EXPECT_EQ(check.exit_code, 4);
  EXPECT_THAT(check.err, HasSubstr("backbone.safetensors: error: there is no such file"));
}

TEST_F(FineTuning, AFrozenGlobThatMatchesNothingIsAnError) {
  const Finished check = run_assay(words("check", {"init_from.freeze=[layer.0.*]"}));

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err, HasSubstr("init_from.freeze"));
}

}  // namespace
}  // namespace assay::testing
