#include "runner/config/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Difference> differences_of(const char* a, const char* b) {
  return differences(parse_json(a, "a"), parse_json(b, "b"));
}

TEST(Diff, OrderAndSpellingOfNumbersDoNotCount) {
  EXPECT_THAT(differences_of(R"({"a": 1, "b": {"c": 2.0}})", R"({"b": {"c": 2}, "a": 1})"), IsEmpty());
}

TEST(Diff, NamesTheKeyWithBothValues) {
  const auto found = differences_of(R"({"optimizer": {"lr": 0.1}})", R"({"optimizer": {"lr": 0.2}})");

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].path, "optimizer.lr");
  EXPECT_EQ(found[0].a, Json(0.1));
  EXPECT_EQ(found[0].b, Json(0.2));
}

TEST(Diff, WhatOneSideLacksIsNothingThere) {
  const auto found = differences_of(R"({"a": 1})", R"({"b": 1})");

  ASSERT_THAT(found, SizeIs(2));
  EXPECT_FALSE(found[0].b.has_value());
  EXPECT_FALSE(found[1].a.has_value());
}

TEST(Diff, AnotherComponentIsOneDifference) {
  EXPECT_THAT(differences_of(R"({"model": {"type": "mlp", "hidden": [1], "dropout": 0}})",
                             R"({"model": {"type": "lenet", "channels": 3}})"),
              SizeIs(1));
}

TEST(Diff, ListsOfNumbersAreOneValueAndListsOfComponentsAreNot) {
  EXPECT_THAT(differences_of(R"({"hidden": [1, 2, 3]})", R"({"hidden": [3, 2]})"), SizeIs(1));
  const auto found = differences_of(R"({"layers": [{"type": "a", "p": 1}, {"type": "b", "q": 1}]})",
                                    R"({"layers": [{"type": "a", "p": 2}, {"type": "b", "q": 1}]})");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].path, "layers.0.p");
}

TEST(Diff, DefaultsCountAsIfTheyWereWritten) {
  const ConfigFolder a(five_lines), b(text(five_lines, "seed: 0\nschedule: constant\n"));

  EXPECT_THAT(differences(a.load().resolved, b.load().resolved), IsEmpty());
}

}  // namespace
}  // namespace assay::testing
