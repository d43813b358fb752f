#include "runner/sweep/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "registry/contracts/builtin.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using sweep::Spec;
using sweep::Study;
using sweep::StudyFolder;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class SweepSpec : public ::testing::Test {
 protected:
  Study study(const std::string& sweep, const std::string& model = "{type: mlp, hidden: [8], dropout: 0.1}") {
    const std::string file = files_.write(
        "sweep.yaml", "assay: 1\ndataset: digits\nmodel: " + model +
                          "\noptimizer: adamw\ntrain: {until: 4 epochs}\nsweep: " + sweep + "\n");
    return Study({.file = file}, registry_, parts_);
  }
  static Spec spec_of(const Study& study) {
    Spec spec;
    spec.name = "sweep";
    spec.digest = sweep::study_digest(study);
    spec.id = sweep::study_id(spec.digest);
    spec.request = study.request();
    spec.config = study.config().resolved;
    spec.n_configurations = study.layout().n_configurations;
    spec.n_trials = study.layout().n_trials();
    return spec;
  }

  TemporaryFolder files_;
  StudyFolder folder_{files_ / "study"};
  Registry registry_ = builtin_registry();
  Implementations parts_ = builtin_implementations();
};

constexpr const char* random_lr =
    "{sampler: random, trials: 8, space: {optimizer.lr: {loguniform: [1e-5, 1e-1]}}}";

TEST_F(SweepSpec, AStudyIsMadeAgainFromItsFolderAlone) {
  const Study first = study(random_lr);
  ASSERT_TRUE(publish_spec(folder_, spec_of(first)));
  files_.write("sweep.yaml", "somebody edited this");

  const Spec spec = sweep::get_spec(folder_);
  const Study again(spec.request, registry_, parts_);

  EXPECT_EQ(sweep::study_digest(again), spec.digest);
  EXPECT_EQ(again.propose(0, 5, {}), first.propose(0, 5, {}));
}

TEST_F(SweepSpec, PointsFromAFileArePartOfIt) {
  files_.write("points.csv", "optimizer.lr\n1e-3\n1e-2\n");
  const Study first = study("{zip_file: points.csv}");
  publish_spec(folder_, spec_of(first));
  files_.write("points.csv", "optimizer.lr\n1e-3\n1e-1\n");

  const Study again(sweep::get_spec(folder_).request, registry_, parts_);

  EXPECT_EQ(sweep::study_digest(again), sweep::study_digest(first));
  EXPECT_NE(sweep::study_digest(study("{zip_file: points.csv}")), sweep::study_digest(first));
}

TEST_F(SweepSpec, IsWrittenOnce) {
  const Study one = study(random_lr);
  EXPECT_TRUE(publish_spec(folder_, spec_of(one)));
  EXPECT_FALSE(publish_spec(folder_, spec_of(one)));
}

TEST_F(SweepSpec, AnExpressionThatFollowsADrawnValueIsPartOfTheStudy) {
  const char* space = "{space: {model.dropout: {choice: [0.1, 0.2]}}}";
  const Study constant = study(space, "{type: mlp, hidden: [8], dropout: 0.1, input_dropout: 0.1}");
  const Study derived =
      study(space, "{type: mlp, hidden: [8], dropout: 0.1, input_dropout: $(model.dropout)}");

  EXPECT_NE(sweep::study_digest(constant), sweep::study_digest(derived));
}

TEST_F(SweepSpec, RefusesAnotherConfig) {
  publish_spec(folder_, spec_of(study(random_lr)));
  const Study other = study("{sampler: sobol, trials: 8, space: {optimizer.lr: {loguniform: [1e-5, 1e-1]}}}");

  const auto problems =
      problems_of([&] { sweep::require_same_study(sweep::get_spec(folder_), other, folder_); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("the study of another config"));
}

TEST_F(SweepSpec, IsNeverMadeSmaller) {
  publish_spec(folder_, spec_of(study(random_lr)));
  const Study fewer =
      study("{sampler: random, trials: 7, space: {optimizer.lr: {loguniform: [1e-5, 1e-1]}}}");

  const auto problems =
      problems_of([&] { sweep::require_same_study(sweep::get_spec(folder_), fewer, folder_); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("8 configurations, but this config asks for 7"));
}

TEST_F(SweepSpec, AFolderWithoutAStudySaysHowToBeginOne) {
  const auto problems = problems_of([&] { sweep::get_spec(folder_); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].hint, HasSubstr("assay sweep CONFIG"));
}

}  // namespace
}  // namespace assay::testing
