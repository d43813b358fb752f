#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/h5.h"
#include "registry/contracts/state.h"
#include "runner/store/checkpoint_file.h"
#include "tests/plugins/weights/support.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RunWeights, WhatIsWrittenIsReadBackInItsOrder) {
  const TemporaryFolder folder;
  weights_format("run")->write(folder / "a.h5", example_weights());

  const WeightFile file = weights_format("run")->read(folder / "a.h5");

  expect_same(file, example_weights());
  EXPECT_EQ(names_of(file), names_of(example_weights()));
  EXPECT_EQ(file.notes, example_weights().notes);
}

TEST(RunWeights, AreACheckpointThatTheStoreReads) {
  const TemporaryFolder folder;
  weights_format("run")->write(folder / "a.h5", example_weights());

  const State state = store::read_untrusted_checkpoint(folder / "a.h5");

  EXPECT_EQ(StateReader(state).array("model/layers.0.bias").as<float>()[1], 8);
}

TEST(RunWeights, OfACheckpointAreTheModelAloneAndAveragedWhereItHasAverages) {
  const TemporaryFolder folder;
  State state;
  StateWriter writer(state);
  writer.array("model/a", Array::of<float>({1}));
  writer.array("model/b", Array::of<float>({2}));
  writer.array("optimizer/a", Array::of<float>({3}));
  writer.array("ema/weights/a", Array::of<float>({4}));
  store::write_checkpoint(folder / "c.h5", "0123456789", {}, state);

  const WeightFile judged = weights_format("run")->read(folder / "c.h5");
  const WeightFile trained =
      weights_format("run", Json(Json::Map{{"averaged", false}}))->read(folder / "c.h5");

  EXPECT_THAT(names_of(judged), ElementsAre("a", "b"));
  EXPECT_EQ(read(tensor_named(judged, "a")).as<float>()[0], 4);
  EXPECT_EQ(read(tensor_named(judged, "b")).as<float>()[0], 2);
  EXPECT_EQ(read(tensor_named(trained, "a")).as<float>()[0], 1);
}

TEST(RunWeights, AFolderWithoutARecordIsNamed) {
  const TemporaryFolder folder;

  const auto problems = problems_of([&] { weights_format("run")->read(folder.path()); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "is no run's folder: it has no run.h5");
}

TEST(RunWeights, AnotherHdf5FileIsNamed) {
  const TemporaryFolder folder;
  h5::Writer writer;
  writer.array("x", Array::of<float>({1}));
  const std::string path = folder.write("x.h5", writer.finish());

  const auto problems = problems_of([&] { weights_format("run")->read(path); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("is no checkpoint of assay"));
}

}  // namespace
}  // namespace assay::testing
