#include "runner/config/to_yaml.h"

#include <limits>
#include <memory>

#include <gtest/gtest.h>

#include "registry/schema.h"
#include "runner/config/read_yaml.h"

namespace assay {
namespace {

Json read_back(const std::string& yaml) {
  std::vector<Problem> problems;
  const auto value = read_yaml(yaml, std::make_shared<const std::string>("c.yaml"), problems);
  EXPECT_TRUE(value && problems.empty()) << yaml << (problems.empty() ? "" : to_string(problems[0]));
  return value ? to_json(*value) : Json();
}

void expect_round_trip(const Json& json) {
  const std::string yaml = to_yaml(json);
  EXPECT_TRUE(read_back(yaml) == json) << yaml;
}

TEST(ToYaml, ReadsAsAPersonWouldWriteIt) {
  const Json config(Json::Map{
      {"name", "digits"},
      {"tags", Json::list()},
      {"model", Json::Map{{"type", "mlp"}, {"hidden", Json::List{128, 64}}, {"dropout", 0.1}}},
      {"dataset", Json::Map{{"type", "digits"}, {"split", Json::Map{{"train", "70%"}}}, {"root", Json()}}},
      {"layers", Json::List{Json::Map{{"type", "a"}, {"init", Json::Map{{"x", 1}}}}, "flatten"}},
  });

  EXPECT_EQ(to_yaml(config),
            "name: digits\n"
            "tags: []\n"
            "model: {type: mlp, hidden: [128, 64], dropout: 0.1}\n"
            "dataset:\n"
            "  type: digits\n"
            "  split: {train: 70%}\n"
            "  root: null\n"
            "layers:\n"
            "  - type: a\n"
            "    init: {x: 1}\n"
            "  - flatten\n");
  expect_round_trip(config);
}

TEST(ToYaml, RealsAreReadableAndExact) {
  const auto shown = [](double value) { return to_yaml(value); };
  EXPECT_EQ(shown(1e-3), "0.001\n");
  EXPECT_EQ(shown(1e-5), "1.0e-5\n");
  EXPECT_EQ(shown(20), "20.0\n");
  EXPECT_EQ(shown(1e20), "1.0e+20\n");
  EXPECT_EQ(shown(0.1 + 0.2), "0.30000000000000004\n");
  EXPECT_EQ(shown(-std::numeric_limits<double>::infinity()), "-.inf\n");
  for (const double value :
       {0.0, -0.0, 1.0, 1e-3, 5e-324, 1.7976931348623157e308, 3.5e-10, 1e15, 123456789.125, -2.5e-5}) {
    expect_round_trip(value);
  }
}

TEST(ToYaml, TextsThatMeanSomethingElseAreQuoted) {
  for (const char* text :
       {"",   " ",    "null", "~",     "yes",  "No", "on",  "OFF",  "y",        "true",
        "1",  "010",  "0x1F", "1_000", "1e3",  "1.", ".5",  ".inf", "12:30:45", "2024-01-31",
        "+1", "-",    "- a",  "a: b",  "a #b", "#a", "[a",  "{a",   "*a",       "&a",
        "!a", "|",    ">",    "'a",    "\"a",  "%a", "@a",  "`a",   "a:",       " a",
        "a ", "a\nb", "a\tb", "\x01",  "<<",   "=",  "---", "a\\b"}) {
    expect_round_trip(text);
    expect_round_trip(Json::List{text});
    expect_round_trip(Json(Json::Map{{text, text}}));
  }
}

TEST(ToYaml, PlainTextsStayPlain) {
  for (const char* text :
       {"20 epochs", "5%", "valid/accuracy", "a.b", "cross_entropy", "x-1", "caf\xC3\xA9", "it's", "a, b"}) {
    EXPECT_EQ(to_yaml(text), std::string(text) + "\n");
    expect_round_trip(Json::List{text});
  }
}

TEST(ToYaml, LongListsAndNestedOnesComeBack) {
  Json::List numbers, words;
  for (int i = 0; i < 200; ++i) numbers.emplace_back(i);
  for (int i = 0; i < 30; ++i) words.emplace_back("word, with a comma " + std::to_string(i));
  expect_round_trip(Json(Json::Map{{"numbers", numbers}, {"words", words}}));
  expect_round_trip(Json::List{
      Json::List{Json::List{Json::List{1, 2}}, Json::Map{{"a", Json::Map{{"b", Json::List{Json::map()}}}}}},
      Json::list()});
}

TEST(ToYaml, WhatLooksLikeAnExpressionIsEscaped) { EXPECT_EQ(to_yaml("$(x) $$(y)"), "$$(x) $$$(y)\n"); }

}  // namespace
}  // namespace assay
