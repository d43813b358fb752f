#include "runner/config/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

using ::testing::HasSubstr;

Value plain(std::string text) { return Value::scalar(std::move(text), false, {}); }

Value look_up(const std::string& key) {
  if (key == "n") return plain("3");
  if (key == "model.dropout") return plain("0.25");
  if (key == "layers.0.units") return plain("8");
  if (key == "name") return plain("digits");
  if (key == "grid") return Value::list({plain("1"), plain("2")}, {});
  throw ExpressionError{"nothing is called '" + key + "'", "known: n"};
}

std::string value(std::string_view expression) { return evaluate(expression, look_up).text(); }

std::string mistake(std::string_view expression) {
  try {
    return "no mistake: " + value(expression);
  } catch (const ExpressionError& error) {
    EXPECT_FALSE(error.hint.empty());
    return error.message;
  }
}

struct Vector {
  const char* expression;
  const char* value;
};

// What Python prints for the same.
constexpr Vector vectors[] = {
    {"1 + 2 * 3", "7"},
    {"(1 + 2) * 3", "9"},
    {"2 - 3 - 4", "-5"},
    {"7 / 2", "3.5"},
    {"6 / 2", "3.0"},
    {"7 // 2", "3"},
    {"-7 // 2", "-4"},
    {"7 // -2", "-4"},
    {"7.5 // 2", "3.0"},
    {"7 % 3", "1"},
    {"-7 % 3", "2"},
    {"7 % -3", "-2"},
    {"-7.5 % 2", "0.5"},
    {"2 ** 10", "1024"},
    {"2 ** -1", "0.5"},
    {"2 ** 3 ** 2", "512"},
    {"-2 ** 2", "-4"},
    {"(-2) ** 2", "4"},
    {"2 ** 0.5", "1.4142135623730951"},
    {"1e-3 * 2", "0.002"},
    {"+3 - -2", "5"},
    {"3*2", "6"},
    {".5", "0.5"},
    {"9007199254740993 + 0", "9007199254740993"},
    {"min(3, 1, 2)", "1"},
    {"max(3, 1.5)", "3"},
    {"abs(-3)", "3"},
    {"abs(-0.5)", "0.5"},
    {"sqrt(16)", "4.0"},
    {"exp(0)", "1.0"},
    {"log(exp(2))", "2.0"},
    {"floor(-1.5)", "-2"},
    {"ceil(1.2)", "2"},
    {"round(2.5)", "2"},
    {"round(3.5)", "4"},
    {"n * 2", "6"},
    {"1 - model.dropout", "0.75"},
    {"layers.0.units // 2", "4"},
    {"max(n, layers.0.units) + 1", "9"},
};

TEST(Expression, ComputesAsPythonDoes) {
  for (const Vector& vector : vectors) EXPECT_EQ(value(vector.expression), vector.value) << vector.expression;
}

TEST(Expression, AKeyAloneKeepsItsKind) {
  EXPECT_EQ(value("name"), "digits");
  EXPECT_EQ(value(" model.dropout "), "0.25");
  EXPECT_TRUE(evaluate("grid", look_up).is_list());
}

TEST(Expression, MistakesAreNamed) {
  EXPECT_EQ(mistake(""), "is empty");
  EXPECT_EQ(mistake("2 +"), "ends too early");
  EXPECT_EQ(mistake("2 3"), "'3' is not expected here");
  EXPECT_EQ(mistake("(2 + 3"), "a parenthesis is not closed");
  EXPECT_EQ(mistake("2 & 3"), "'&' is not expected here");
  EXPECT_EQ(mistake("1.2.3 + 1"), "'1.2.3' is no number");
  EXPECT_EQ(mistake("sqroot(4)"), "there is no function 'sqroot'");
  EXPECT_EQ(mistake("sqrt(4, 2)"), "sqrt takes one value, not 2");
  EXPECT_EQ(mistake("name * 2"), "name is 'digits', not a number");
  EXPECT_EQ(mistake("grid + 1"), "grid is a list, not a number");
  EXPECT_EQ(mistake("nothing + 1"), "nothing is called 'nothing'");
  EXPECT_THAT(mistake(std::string(2000, '(')), HasSubstr("is longer than 1000 characters"));
}

TEST(Expression, ResultsThatAreNoNumbersAreMistakes) {
  EXPECT_EQ(mistake("1 / 0"), "divides by zero");
  EXPECT_EQ(mistake("1 // 0"), "divides by zero");
  EXPECT_EQ(mistake("1 % 0.0"), "divides by zero");
  EXPECT_EQ(mistake("log(0)"), "the result is not a finite number");
  EXPECT_EQ(mistake("sqrt(-1)"), "the result is not a finite number");
  EXPECT_EQ(mistake("10.0 ** 400"), "the result is not a finite number");
  EXPECT_EQ(mistake("2 ** 63"), "the result does not fit into 64 bits");
  EXPECT_EQ(mistake("2 ** 999999999999"), "the result does not fit into 64 bits");
  EXPECT_EQ(mistake("9223372036854775807 + 1"), "the result does not fit into 64 bits");
  EXPECT_EQ(mistake("floor(1e300)"), "the result does not fit into 64 bits");
  EXPECT_EQ(value("1 ** 999999999999"), "1");
}

}  // namespace
}  // namespace assay
