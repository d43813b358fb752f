// Parameter groups of a model whose names are known only once it is built.
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "registry/contracts/engine.h"
#include "runner/config/load.h"
#include "runner/prepare/prepare.h"
#include "tests/support/fake_recorder.h"
#include "tests/support/files.h"

extern "C" assay::Engine* assay_engine();

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

/// One step of a linear model on the digits that ship, prepared as if the model declared no shapes.
Outcome train_unknown_shapes(const std::string& groups) {
  const TemporaryFolder folder;
  const std::string file = folder.write("run.yaml",
                                        "assay: 1\n"
                                        "dataset: {type: digits, transforms: [standardize]}\n"
                                        "model: {type: mlp, hidden: []}\n"
                                        "optimizer: {type: sgd, groups: []}\n"
                                        "device: cpu\n"
                                        "train: {until: 1 step}\n");
  const Registry registry = builtin_registry();
  Implementations parts = builtin_implementations();
  const LoadedConfig written = load_config({.file = file}, registry);
  std::vector<Problem> warnings;
  Prepared prepared = prepare(written.experiment, parts,
                              data_roots(written.experiment, source_folder() + "/datasets/data"), warnings);
  prepared.tensors.clear();
  load_tensor_families(parts);
  const LoadedConfig config =
      load_config({.file = file, .overrides = {"optimizer.groups=" + groups}}, registry);
  FakeRecorder recorder;
  FakeListener listener;
  return std::unique_ptr<Engine>(assay_engine())
      ->train({config.experiment, prepared, parts, recorder, listener});
}

TEST(GroupsOfAModelWithoutShapes, AreMatchedOnceItIsBuilt) {
  const auto problems =
      problems_of([] { train_unknown_shapes(R"([{match: ["*bias", "*wieght"], weight_decay: 0}])"); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "optimizer.groups.0.match.1");
  EXPECT_THAT(problems[0].message, HasSubstr("matches no parameter"));
  EXPECT_EQ(problems[0].hint, "did you mean '*weight'?");
}

TEST(GroupsOfAModelWithoutShapes, AreFineIfTheyMatch) {
  EXPECT_EQ(train_unknown_shapes(R"([{match: "*bias", weight_decay: 0}])").status, Outcome::Status::finished);
}

}  // namespace
}  // namespace assay::testing
