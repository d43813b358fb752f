#include "core/io/json_text.h"

#include <bit>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "tests/support/files.h"

namespace assay {
namespace {

using ::testing::HasSubstr;
using testing::problems_of;

std::string problem_of(const std::string& text) {
  const auto problems = problems_of([&] { parse_json(text, "x.json"); });
  return problems.empty() ? "no problem" : to_string(problems[0]);
}

TEST(JsonText, KeepsOrderAndKinds) {
  const std::string text = R"({"b":1,"a":[true,null,1.5,"x"],"c":{}})";

  EXPECT_EQ(to_text(parse_json(text, "x")), text);
}

TEST(JsonText, IndentsByLevel) {
  EXPECT_EQ(to_text(parse_json(R"({"a":[1,{"b":2}],"c":[],"d":{}})", "x"), 2),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}");
}

TEST(JsonText, RealsStayRealsAndIntegersIntegers) {
  EXPECT_EQ(to_text(Json(1.0)), "1.0");
  EXPECT_EQ(to_text(Json(1)), "1");
  EXPECT_TRUE(parse_json("1.0", "x").is_real());
  EXPECT_TRUE(parse_json("1e3", "x").is_real());
  EXPECT_TRUE(parse_json("1000", "x").is_integer());
}

TEST(JsonText, IntegersAreExact) {
  for (const std::int64_t value :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        std::int64_t{9007199254740993}, std::int64_t{0}}) {
    EXPECT_EQ(parse_json(to_text(Json(value)), "x").integer(), value);
  }
}

TEST(JsonText, DoublesComeBackBitForBit) {
  Draws draws = Stream(7, "json").at(0, 0);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(draws.word64());
    if (!std::isfinite(value)) continue;
    const double back = parse_json(to_text(Json(value)), "x").real();
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << value;
  }
}

TEST(JsonText, ExtremeDoublesComeBack) {
  for (const double value :
       {-0.0, 5e-324, std::numeric_limits<double>::max(), std::numeric_limits<double>::min(), 0.1}) {
    const double back = parse_json(to_text(Json(value)), "x").real();
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value));
  }
}

TEST(JsonText, WhatIsNoNumberIsWrittenAsText) {
  EXPECT_EQ(to_text(Json(std::nan(""))), "\"nan\"");
  EXPECT_EQ(to_text(Json(-INFINITY)), "\"-inf\"");
  EXPECT_TRUE(std::isnan(real_of(parse_json(to_text(Json(std::nan(""))), "x")).value()));
  EXPECT_EQ(real_of(Json("inf")), INFINITY);
  EXPECT_EQ(real_of(Json(3)), 3.0);
  EXPECT_FALSE(real_of(Json("3")));
}

TEST(JsonText, TextsComeBack) {
  const std::string value =
      "quote \" backslash \\ tab \t line \n control \x01 \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";

  EXPECT_EQ(parse_json(to_text(Json(value)), "x").text(), value);
}

TEST(JsonText, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(to_text(Json("a\xff"
                         "b\xc3")),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
  EXPECT_EQ(to_text(Json("\xed\xa0\x80")), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // a surrogate
}

TEST(ParseJson, PointsAtTheMistake) {
  EXPECT_EQ(problem_of("{\n  \"a\": tru\n}"), "x.json:2:11: error: is not valid JSON at 'tru'");
  EXPECT_EQ(problem_of("[1, 2"), "x.json:1:5: error: the JSON text ends too early");
  EXPECT_THAT(problem_of("[1] 2"), HasSubstr("x.json:1:5: error: is not valid JSON"));
  EXPECT_THAT(problem_of(""), HasSubstr("x.json:1:1: error: the JSON text ends too early"));
}

TEST(ParseJson, RefusesAKeyTwice) {
  EXPECT_EQ(problem_of("{\"a\": 1,\n \"a\": 2}"), "x.json:2:4: error: the key 'a' is there twice");
}

TEST(ParseJson, RefusesNumbersThatItCannotHold) {
  EXPECT_THAT(problem_of("[9223372036854775808]"),
              HasSubstr("the integer 9223372036854775808 is beyond 64 bits"));
  EXPECT_THAT(problem_of("[-9223372036854775809]"), HasSubstr("is beyond 64 bits"));
  EXPECT_THAT(problem_of("[123456789012345678901234567890]"), HasSubstr("is beyond 64 bits"));
  EXPECT_THAT(problem_of("[1e999]"), HasSubstr("the number is beyond a double"));
}

TEST(ParseJson, RefusesNaNClearly) {
  EXPECT_THAT(problem_of("[NaN]"), HasSubstr("NaN and infinities cannot be written as JSON numbers"));
  EXPECT_THAT(problem_of("[-Infinity]"), HasSubstr("NaN and infinities cannot be written as JSON numbers"));
}

TEST(ParseJson, RefusesDepthBeyond200) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };

  EXPECT_EQ(problem_of(nested(200)), "no problem");
  EXPECT_THAT(problem_of(nested(201)), HasSubstr("is nested deeper than 200 levels"));
  EXPECT_THAT(problem_of(std::string(1000000, '[')), HasSubstr("is nested deeper than 200 levels"));
}

}  // namespace
}  // namespace assay
