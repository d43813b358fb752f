#include "runner/config/read_yaml.h"

#include <chrono>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

using ::testing::HasSubstr;

struct Reading {
  std::optional<Value> value;
  std::vector<Problem> problems;
  std::string text;  // of all problems
};

Reading read(std::string_view text) {
  Reading out;
  out.value = read_yaml(text, std::make_shared<const std::string>("c.yaml"), out.problems);
  for (const Problem& problem : out.problems) out.text += to_string(problem) + "\n";
  return out;
}

std::string place(const Value* value) { return value ? to_string(value->where()) : "nowhere"; }

TEST(ReadYaml, ScalarsKeepTheirTextAndQuotes) {
  const Reading r = read("a: 1e-3\nb: '010'\nc: no\nd: |\n  two\n  lines\n");

  ASSERT_TRUE(r.value) << r.text;
  EXPECT_EQ(r.value->find("a")->text(), "1e-3");
  EXPECT_FALSE(r.value->find("a")->is_quoted());
  EXPECT_EQ(r.value->find("b")->text(), "010");
  EXPECT_TRUE(r.value->find("b")->is_quoted());
  EXPECT_EQ(r.value->find("c")->text(), "no");
  EXPECT_EQ(r.value->find("d")->text(), "two\nlines\n");
}

TEST(ReadYaml, EveryNodeKnowsItsPlace) {
  const Reading r = read("a:\n  b: [1, {c: 2}]\nd:\ne: ~\n");

  ASSERT_TRUE(r.value) << r.text;
  EXPECT_EQ(place(&*r.value), "c.yaml:1:1");
  EXPECT_EQ(place(r.value->find_path("a.b")), "c.yaml:2:6");
  EXPECT_EQ(place(r.value->find_path("a.b.0")), "c.yaml:2:7");
  EXPECT_EQ(place(r.value->find_path("a.b.1.c")), "c.yaml:2:14");
  EXPECT_EQ(to_string(r.value->entries()[1].key_where), "c.yaml:3:1");
  EXPECT_EQ(place(r.value->find("d")), "c.yaml:3:1") << "a value left out is where its key is";
  EXPECT_EQ(place(r.value->find("e")), "c.yaml:4:4");
}

TEST(ReadYaml, ColumnsCountCharacters) {
  const Reading r = read("\xC3\xA9t\xC3\xA9: [\xE2\x82\xAC, x]\n");

  ASSERT_TRUE(r.value) << r.text;
  EXPECT_EQ(place(r.value->find_path("\xC3\xA9t\xC3\xA9.1")), "c.yaml:1:10");
}

TEST(ReadYaml, LineEndsAndByteOrderMarkDoNotMatter) {
  for (const char* text : {"a: 1\nb: x\n", "a: 1\r\nb: x\r\n", "a: 1\rb: x\r",
                           "\xEF\xBB\xBF"
                           "a: 1\nb: x"}) {
    const Reading r = read(text);
    ASSERT_TRUE(r.value) << r.text;
    EXPECT_EQ(r.value->find("b")->text(), "x");
    EXPECT_EQ(place(r.value->find("b")), "c.yaml:2:4");
  }
}

TEST(ReadYaml, TextWithoutContentIsNull) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n"}) {
    const Reading r = read(text);
    ASSERT_TRUE(r.value) << r.text;
    EXPECT_TRUE(r.value->is_null());
  }
}

TEST(ReadYaml, AnchorsAndAliasesAreCopies) {
  const Reading r = read("a: &x {k: [1, 2]}\nb: *x\n");

  ASSERT_TRUE(r.value) << r.text;
  EXPECT_TRUE(r.value->find("a")->equals(*r.value->find("b")));
  EXPECT_EQ(place(r.value->find_path("b.k.1")), "c.yaml:1:15");
}

TEST(ReadYaml, SecretIsTheOnlyTag) {
  const Reading r = read("a: !secret TOKEN\nb: !!int 3\nc: !<tag:x> [1]\n");

  ASSERT_TRUE(r.value);
  EXPECT_EQ(r.value->find("a")->tag(), "secret");
  ASSERT_EQ(r.problems.size(), 2u) << r.text;
  EXPECT_THAT(r.text, HasSubstr("c.yaml:2:4: error: unknown tag"));
}

TEST(ReadYaml, DuplicateKeysNameBothPlacesAndReadingGoesOn) {
  const Reading r = read("a: 1\nb: {x: 1, x: 2}\na: 3\nc: 4\n");

  ASSERT_TRUE(r.value);
  EXPECT_EQ(r.value->find("a")->text(), "1");
  EXPECT_EQ(r.value->find("c")->text(), "4");
  EXPECT_EQ(r.text,
            "c.yaml:2:11: error: 'x' is given twice\n  note: first at c.yaml:2:5\n  hint: keep one\n"
            "c.yaml:3:1: error: 'a' is given twice\n  note: first at c.yaml:1:1\n  hint: keep one\n");
}

TEST(ReadYaml, CommandLineValuesAreAtTheirArgument) {
  std::vector<Problem> problems;
  const auto value = read_yaml_argument("{type: sgd, lr: [1, 2]}", Where::argument(2, "o={...}"), problems);

  ASSERT_TRUE(value);
  EXPECT_EQ(place(value->find_path("lr.1")), "override 2 (o={...})");
}

// What must be refused, where, and a word of the message.
struct Hostile {
  const char* name;
  std::string text;
  const char* place;
  const char* message;
};

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

class ReadYamlRefuses : public ::testing::TestWithParam<Hostile> {};

TEST_P(ReadYamlRefuses, WithAPlaceAndAHint) {
  const Reading r = read(GetParam().text);

  ASSERT_FALSE(r.problems.empty());
  EXPECT_EQ(to_string(r.problems[0].where), GetParam().place) << r.text;
  EXPECT_THAT(r.problems[0].message, HasSubstr(GetParam().message));
  EXPECT_FALSE(r.problems[0].hint.empty());
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string alias_bomb() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string n = std::to_string(i), before = "*a" + std::to_string(i - 1);
    text += "a" + n + ": &a" + n + " [" + before + repeated(", " + before, 9) + "]\n";
  }
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Hostile, ReadYamlRefuses,
    ::testing::Values(
        Hostile{"Tab", "a:\n\tb: 1\n", "c.yaml:2:1", "a tab in the indentation"},
        Hostile{"TabAfterBlanks", "a:\n  b: 1\n  \tc: 1\n", "c.yaml:3:3", "a tab in the indentation"},
        Hostile{"NulByte", std::string("a: 1\nb: x\0y\n", 12), "c.yaml:2:5", "NUL byte"},
        Hostile{"NotUtf8", "a: caf\xE9\n", "c.yaml:1:7", "is not UTF-8: byte 0xe9"},
        Hostile{"OverlongUtf8", "a: \xC0\xAF\n", "c.yaml:1:4", "is not UTF-8"},
        Hostile{"Surrogate", "a: \xED\xA0\x80\n", "c.yaml:1:4", "is not UTF-8"},
        Hostile{"EndOfTransmission", "a: 1\nb: \x04 2\n", "c.yaml:2:4", "control character 0x04"},
        Hostile{"Escape", "a: \x1b[31m\n", "c.yaml:1:4", "control character 0x1b"},
        Hostile{"Utf16",
                std::string("\xFF\xFE"
                            "a\0:\0",
                            6),
                "c.yaml:1:1", "is not UTF-8"},
        Hostile{"UndefinedAlias", "a: *nothing\n", "c.yaml:1:4", "the alias '*nothing' stands for nothing"},
        Hostile{"AliasOfItself", "a: &x [1, *x]\n", "c.yaml:1:11", "an alias within what it stands for"},
        Hostile{"AliasBomb", alias_bomb(), "c.yaml:5:40", "holds more than 100000 values"},
        Hostile{"DeepFlow", repeated("[", 100000), "c.yaml:1:51", "nests deeper than 100 levels"},
        Hostile{"DeepBlock", repeated("- ", 5000), "c.yaml:1:201", "nests deeper than 100 levels"},
        Hostile{"ManyCommas", "[" + repeated("a,", 1'000'000), "c.yaml:1:600001", "commas and brackets"},
        Hostile{"ManyItems", repeated("- x\n", 200'000), "c.yaml:100000:3", "holds more than 100000 values"},
        Hostile{"TwoDocuments", "a: 1\n---\nb: 2\n", "c.yaml:2:1", "a second document begins here"},
        Hostile{"TextAfterAList", "- a\nb: 1\n", "c.yaml:2:1", "does not belong to"},
        Hostile{"ListAsKey", "? [a, b]\n: 3\n", "c.yaml:1:3", "a key is a list"},
        Hostile{"NullAsKey", "~: 3\n", "c.yaml:1:1", "a key is nothing"},
        Hostile{"MergeKey", "a: &x {b: 1}\nc:\n  <<: *x\n", "c.yaml:3:3", "merge keys"},
        Hostile{"OpenBracket", "a: [1, 2\nb: 3\n", "c.yaml:1:4", "the '[' is never closed"},
        Hostile{"OpenBrace", "a: {x: 1\nb: 3\n", "c.yaml:1:4", "the '{' is never closed"},
        Hostile{"OpenQuote", "a: 1\nb: \"text\nc: 3\n", "c.yaml:2:4", "the quote is never closed"},
        Hostile{"OpenSingleQuote", "b: 'it''s\n", "c.yaml:1:4", "the quote is never closed"},
        Hostile{"OpenQuoteAtTheEnd", "b: \"text", "c.yaml:1:4", "the quote is never closed"},
        Hostile{"OpenExpression", "a: {b: $(max(1, 2))}\n", "c.yaml:1:8", "the `$(` is never closed"},
        Hostile{"ExtraBrace", "a: {b: 1}}\n", "c.yaml:1:10", "the '}' closes nothing"},
        Hostile{"WrongBracket", "a: {b: [1, 2}\nc: 3\n", "c.yaml:1:13",
                "the '}' comes before the '[' at c.yaml:1:8 is closed"},
        Hostile{"TwoColons", "a: b: c\n", "c.yaml:1:5", "unexpected ':'"},
        Hostile{"Indentation", "a: 1\n  b: 2\n", "c.yaml:2:4", "unexpected ':'"},
        Hostile{"NoColonAtTheEnd", "a: 1\nb\n", "c.yaml:2:1", "'b' is no key: it has no ':'"},
        Hostile{"NoColon", "a: 1\nlr 0.1\nc: 2\n", "c.yaml:2:1", "'lr 0.1' is no `key: value`"},
        Hostile{"NoBlankBehindTheColon", "a:\n  lr:0.1\n  c: 2\n", "c.yaml:2:3",
                "'lr:0.1' is no `key: value`"},
        Hostile{"AtSign", "a: @x\n", "c.yaml:1:4", "a text cannot begin with '@'"},
        Hostile{"Percent", "a: %x\n", "c.yaml:1:4", "a text cannot begin with '%'"},
        Hostile{"BadEscape", "a: \"C:\\data\"\n", "c.yaml:1:7", "unknown escape '\\d'"},
        Hostile{"ListBehindAKey", "a: - b\n", "c.yaml:1:4", "unexpected '-'"},
        Hostile{"YamlVersion", "%YAML 3.0\n---\na: 1\n", "c.yaml:1:1", "YAML version"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ReadYaml, TooLargeATextIsRefusedUnread) {
  const Reading r = read(std::string((16u << 20) + 1, '#'));

  EXPECT_FALSE(r.value);
  EXPECT_THAT(r.text, HasSubstr("is larger than 16.0 MiB"));
}

TEST(ReadYaml, LongLinesCostTheirLengthOnly) {
  const std::string text = "[" + repeated(std::string(100, 'a') + ",", 90'000) + "a]";
  const auto begin = std::chrono::steady_clock::now();

  const Reading r = read(text);

  EXPECT_TRUE(r.value) << r.text;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace assay
