#include "registry/contracts/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(State, GivesBackWhatWasWritten) {
  State state;
  StateWriter out(state);
  out.integer("step", 7);
  out.scope("optimizer").scope("state").real("beta", 0.1);
  out.text("name", "caf\xc3\xa9");
  out.text("empty", "");
  out.array("w", Array::of<float>({1, 2}));

  const StateReader in(state);

  EXPECT_EQ(in.integer("step"), 7);
  EXPECT_EQ(in.scope("optimizer").real("state/beta"), 0.1);
  EXPECT_EQ(in.text("name"), "caf\xc3\xa9");
  EXPECT_EQ(in.text("empty"), "");
  EXPECT_EQ(in.array("w", Dtype::f32, {2}).as<float>()[1], 2);
  EXPECT_THAT(in.scope("optimizer").names(), ElementsAre("state/beta"));
}

TEST(State, SaysWhichEntryIsMissingOrOfAnotherShape) {
  State state;
  StateWriter(state).array("w", Array::of<float>({1, 2}));
  const StateReader in(state);

  const auto missing = problems_of([&] { in.scope("model").array("w"); });
  const auto other = problems_of([&] { in.array("w", Dtype::f32, {3}); });

  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_THAT(missing[0].message, HasSubstr("model/w"));
  ASSERT_THAT(other, SizeIs(1));
  EXPECT_EQ(other[0].message, "the checkpoint's w is f32 [2], expected f32 [3]");
}

}  // namespace
}  // namespace assay::testing
