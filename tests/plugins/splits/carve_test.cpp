#include "plugins/splits/carve.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "plugins/splits/official.h"
#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using splits::Carve;
using splits::carve;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::int64_t> ten_rows() { return {10, 11, 12, 13, 14, 15, 16, 17, 18, 19}; }

TEST(Carve, LastTakesTheEnd) {
  auto train = ten_rows();
  EXPECT_THAT(carve({Carve::From::last, {0.2}}, 0, train), ElementsAre(18, 19));
  EXPECT_THAT(train, ElementsAre(10, 11, 12, 13, 14, 15, 16, 17));
}

TEST(Carve, FirstTakesTheStart) {
  auto train = ten_rows();
  EXPECT_THAT(carve({Carve::From::first, {0.2}}, 0, train), ElementsAre(10, 11));
  EXPECT_THAT(train, SizeIs(8));
}

TEST(Carve, NoneTakesNothing) {
  auto train = ten_rows();
  EXPECT_THAT(carve({}, 0, train), IsEmpty());
  EXPECT_EQ(train, ten_rows());
}

TEST(Carve, RandomDependsOnTheSeed) {
  const auto drawn = [](std::int64_t seed) {
    auto train = ten_rows();
    const auto valid = carve({Carve::From::random, {0.3}}, seed, train);
    EXPECT_THAT(valid, SizeIs(3));
    EXPECT_THAT(train, SizeIs(7));
    return valid;
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
}

TEST(Carve, LeavesAtLeastARowOnEachSide) {
  std::vector<std::int64_t> train = {4, 5};
  EXPECT_THAT(carve({Carve::From::last, {0.99}}, 0, train), ElementsAre(5));
  EXPECT_THAT(train, ElementsAre(4));
}

TEST(Carve, RefusesToShareOneRow) {
  std::vector<std::int64_t> train = {4};
  const auto problems = problems_of([&] { carve({Carve::From::last, {0.5}}, 0, train); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "takes rows from train, which has 1 row");
}

std::string read_back(std::string_view valid) {
  const auto slot = bound<Split>(text(R"({"type": "official", "valid": )", valid, "}"));
  return to_text(*slot.to_json().find("valid"));
}

TEST(CarveCodec, ReadsEveryFormAndWritesItBack) {
  EXPECT_EQ(read_back(R"("none")"), R"("none")");
  EXPECT_EQ(read_back(R"({"last": "20%"})"), R"({"last":"20%"})");
  EXPECT_EQ(read_back(R"({"first": 0.25})"), R"({"first":"25%"})");
  EXPECT_EQ(read_back(R"({"random": "5%"})"), R"({"random":"5%"})");
  EXPECT_EQ(read_back(R"("10%")"), R"({"random":"10%"})");
}

std::string complaint(std::string_view valid) {
  const auto problems = problems_of(
      [&] { bound<Split>(text(R"({"type": "official", "valid": )", valid, "}"), "dataset.split"); });
  return problems.size() == 1 ? to_string(problems[0]) : text(problems.size(), " problems");
}

TEST(CarveCodec, SaysWhatCanBeWritten) {
  const char* forms = "hint: write none, a share as 10%, or {last: 10%}, {first: 10%}, {random: 10%}";
  EXPECT_THAT(complaint(R"("some")"),
              HasSubstr("dataset.split.valid is 'some', must be a share of train above 0% and below 100%"));
  EXPECT_THAT(complaint(R"("some")"), HasSubstr(forms));
  EXPECT_THAT(complaint(R"({"last": "120%"})"), HasSubstr("dataset.split.valid.last is '120%', must be"));
  EXPECT_THAT(complaint(R"({"lst": "10%"})"), HasSubstr("dataset.split.valid.lst: unknown key"));
  EXPECT_THAT(complaint(R"({"lst": "10%"})"), HasSubstr("did you mean 'last'?"));
  EXPECT_THAT(complaint("[1]"), HasSubstr("must say how rows are taken from train"));
}

}  // namespace
}  // namespace assay::testing
