#include "runner/convert/probe.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace assay::convert {
namespace {

using ::testing::HasSubstr;

TEST(Probe, SaysWhatTheModelSeesAndGives) {
  const Probe probe = read_probe(
      {"p.npz",
       {tensor_of("input", Array(Dtype::i32, {2, 7})), tensor_of("output", Array(Dtype::f32, {2, 7, 50}))}});

  const ModelFacts facts = facts_of(probe, Task::Kind::language_model);

  ASSERT_EQ(facts.inputs.size(), 1U);
  EXPECT_EQ(facts.inputs[0].name, "x");
  EXPECT_EQ(facts.inputs[0].shape, (Shape{{7}, Dtype::i64}));
  EXPECT_EQ(facts.outputs(), 50);
}

TEST(Probe, NeedsOutputsOfEveryRow) {
  const auto problems = testing::problems_of([] {
    read_probe(
        {"p.npz",
         {tensor_of("input", Array(Dtype::f32, {2, 7})), tensor_of("output", Array(Dtype::f32, {3, 5}))}});
  });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("x is [2, 7], output [3, 5]"));
}

TEST(Probe, TheDifferenceIsTheLargest) {
  const Difference found = difference(Array::of<float>({1, 2, -3}), Array::of<double>({1, 2.5, -3}));

  EXPECT_EQ(found.largest, 0.5);
  EXPECT_EQ(found.magnitude, 3);
}

TEST(Probe, ANumberThatIsNoneOnOneSideIsNoSmallDifference) {
  const float nan = std::nanf("");

  EXPECT_EQ(difference(Array::of<float>({nan}), Array::of<float>({1})).largest, INFINITY);
  EXPECT_EQ(difference(Array::of<float>({nan, INFINITY}), Array::of<float>({nan, INFINITY})).largest, 0);
}

}  // namespace
}  // namespace assay::convert
