#include "runner/config/interpolate.h"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/config/canonical.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string value(const std::vector<std::string>& overrides, std::string_view path) {
  const LoadedConfig config = ConfigFolder(five_lines).load(overrides);
  const Json* found = config.resolved.find_path(path);
  return found ? canonical_json(*found) : "nothing";
}

std::string problems(const std::vector<std::string>& overrides) {
  return ConfigFolder(five_lines).problems(overrides);
}

TEST(Interpolate, AWholeScalarKeepsItsType) {
  EXPECT_EQ(value({"seed=7", "threads=$(seed)"}, "threads"), "7");
  EXPECT_EQ(value({"model.dropout=0.1", "model.input_dropout=$(model.dropout)"}, "model.input_dropout"),
            "0.1");
  EXPECT_EQ(value({"model.hidden=[3, 4]", "tags=[a]", "vars.h=$(model.hidden)", "model.hidden=$(vars.h)",
                   "vars.h=[5]"},
                  "model.hidden"),
            "[5]");
  EXPECT_EQ(value({"vars.o={type: sgd, lr: 0.5}", "optimizer=$(vars.o)"}, "optimizer.lr"), "0.5");
  EXPECT_EQ(value({"vars.m=mlp", "model=\"$(vars.m)\""}, "model.type"), "\"mlp\"") << "quoted or not";
  EXPECT_EQ(value({"vars.d=true", "deterministic=$(vars.d)"}, "deterministic"), "true");
}

TEST(Interpolate, WithinATextTheValueIsWrittenOut) {
  EXPECT_EQ(value({"seed=7", "name=run-$(seed + 1)-$(model.type)"}, "name"), "\"run-8-mlp\"");
  EXPECT_EQ(value({"vars.n=3", "train.until=$(vars.n * 2) epochs"}, "train.until"), "\"6 epochs\"");
}

TEST(Interpolate, SeesDefaultsAndWhatIsImplied) {
  EXPECT_EQ(value({"model.dropout=$(optimizer.lr * 100)"}, "model.dropout"), "0.1");
  EXPECT_EQ(value({"tags=[$(dataset.split.train), $(loss.type)]"}, "tags"), "[\"70%\",\"cross_entropy\"]");
}

TEST(Interpolate, AnExpressionMayReferToAnother) {
  EXPECT_EQ(value({"vars.a=$(vars.b * 2)", "vars.b=$(vars.c + 1)", "vars.c=1", "seed=$(vars.a)"}, "seed"),
            "4");
}

TEST(Interpolate, ADoubledDollarIsLiteral) {
  EXPECT_EQ(value({"tags=['$$(seed)', 'a$$$(x)', '$5']"}, "tags"), "[\"$(seed)\",\"a$$(x)\",\"$5\"]");
}

TEST(Interpolate, EnvironmentVariablesAreTexts) {
  ::setenv("ASSAY_TEST_INTERPOLATE", "5", 1);
  EXPECT_EQ(value({"seed=$(env.ASSAY_TEST_INTERPOLATE)"}, "seed"), "5");
  EXPECT_EQ(value({"seed=$(env.ASSAY_TEST_INTERPOLATE + 1)"}, "seed"), "6");
  ::unsetenv("ASSAY_TEST_INTERPOLATE");
  EXPECT_THAT(problems({"seed=$(env.ASSAY_TEST_INTERPOLATE)"}),
              HasSubstr("the environment variable ASSAY_TEST_INTERPOLATE is not set"));
}

TEST(Interpolate, TheDataSetMayBeAnExpression) {
  EXPECT_EQ(value({"vars.d=prices", "dataset=$(vars.d)"}, "loss.type"), "\"mse\"");
}

TEST(Interpolate, AValueBelongsToThePlaceOfItsExpression) {
  const LoadedConfig config = ConfigFolder(five_lines).load({"vars.d=0.5", "model.dropout=$(vars.d)"});

  EXPECT_EQ(config.provenance.find("model.dropout")->text(), "override 2 (model.dropout=$(vars.d))");
  EXPECT_EQ(config.resolved.find("vars"), nullptr);
}

TEST(Interpolate, UnknownKeysSuggestTheClosestOne) {
  EXPECT_EQ(
      problems({"model.dropout=$(optimizer.rl / 2)"}),
      "override 1 (model.dropout=$(optimizer.rl / 2)): error: model.dropout: `$(optimizer.rl / 2)`: nothing "
      "is called 'optimizer.rl'\n"
      "  hint: did you mean 'optimizer.lr'? known: optimizer.type, optimizer.lr, optimizer.weight_decay");
}

TEST(Interpolate, CirclesAreReportedOnce) {
  const std::string text =
      problems({"vars.a=$(vars.b)", "vars.b=$(vars.a)", "seed=$(vars.a)", "threads=$(vars.b)"});

  EXPECT_THAT(text, HasSubstr("goes in a circle: vars.a -> vars.b -> vars.a"));
  EXPECT_THAT(text, Not(HasSubstr("\noverride")));
}

TEST(Interpolate, AMapThatHoldsItsExpressionIsACircle) {
  EXPECT_THAT(problems({"vars.a={b: $(vars.a)}"}), HasSubstr("goes in a circle: vars.a.b -> vars.a.b"));
}

TEST(Interpolate, AnExpressionWithoutAValueIsReportedOnce) {
  EXPECT_THAT(problems({"model.dropout=$(1 / 0)"}), Not(HasSubstr("must be a number")));
}

TEST(Interpolate, KeysWithDotsAndWithoutNamesAreResolved) {
  EXPECT_EQ(value({"vars={a: {b: $(1 + 1)}, a.b: $(1 + 2), '': $(1 / 1)}", "seed=$(vars.a.b)"}, "seed"), "2");
  EXPECT_THAT(problems({"vars={'': $(1 / 0)}"}), HasSubstr("divides by zero"));
}

TEST(Interpolate, GrowthIsBounded) {
  std::vector<std::string> texts = {"vars.t0=0123456789"}, lists = {"vars.l0=[1, 2, 3, 4, 5, 6, 7, 8]"};
  for (int i = 1; i < 30; ++i) {
    const std::string n = std::to_string(i), t = "$(vars.t" + std::to_string(i - 1) + ")",
                      l = "$(vars.l" + std::to_string(i - 1) + ")";
    texts.push_back("vars.t" + n + "=" + t + t);
    lists.push_back("vars.l" + n + "=[" + l + ", " + l + "]");
  }

  EXPECT_THAT(problems(texts), HasSubstr("grows beyond 65536 characters"));
  EXPECT_THAT(problems(lists), HasSubstr("expressions copy too much"));
}

TEST(Interpolate, LongChainsEnd) {
  std::vector<std::string> chain;
  for (int i = 0; i < 300; ++i)
    chain.push_back("vars.v" + std::to_string(i) + "=$(vars.v" + std::to_string(i + 1) + ")");
  chain.push_back("vars.v300=1");

  EXPECT_THAT(problems(chain), HasSubstr("goes through more than 100 other expressions"));
}

}  // namespace
}  // namespace assay::testing
