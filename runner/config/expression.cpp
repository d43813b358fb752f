#include "runner/config/expression.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/text.h"
#include "registry/schema.h"

namespace assay {
namespace {

constexpr std::size_t longest_expression = 1000;

using Number = std::variant<std::int64_t, double>;

bool is_integer(const Number& number) { return std::holds_alternative<std::int64_t>(number); }
std::int64_t integer(const Number& number) { return std::get<std::int64_t>(number); }
double real(const Number& number) {
  return is_integer(number) ? static_cast<double>(integer(number)) : std::get<double>(number);
}

[[noreturn]] void fail(std::string message, std::string hint) {
  throw ExpressionError{std::move(message), std::move(hint)};
}

Number finite(double value) {
  if (!std::isfinite(value)) fail("the result is not a finite number", "look at the values that go in");
  return value;
}

[[noreturn]] void fail_overflow() {
  fail("the result does not fit into 64 bits", "write one of the numbers with a point, as 2.0");
}

// ---- Operators

Number add(const Number& a, const Number& b) {
  if (!is_integer(a) || !is_integer(b)) return finite(real(a) + real(b));
  std::int64_t out = 0;
  if (__builtin_add_overflow(integer(a), integer(b), &out)) fail_overflow();
  return out;
}

Number subtract(const Number& a, const Number& b) {
  if (!is_integer(a) || !is_integer(b)) return finite(real(a) - real(b));
  std::int64_t out = 0;
  if (__builtin_sub_overflow(integer(a), integer(b), &out)) fail_overflow();
  return out;
}

Number multiply(const Number& a, const Number& b) {
  if (!is_integer(a) || !is_integer(b)) return finite(real(a) * real(b));
  std::int64_t out = 0;
  if (__builtin_mul_overflow(integer(a), integer(b), &out)) fail_overflow();
  return out;
}

void refuse_zero(const Number& divisor) {
  if (real(divisor) == 0) fail("divides by zero", "look at the values that go in");
}

Number divide(const Number& a, const Number& b) {
  refuse_zero(b);
  return finite(real(a) / real(b));
}

Number floor_divide(const Number& a, const Number& b) {
  refuse_zero(b);
  if (!is_integer(a) || !is_integer(b)) return finite(std::floor(real(a) / real(b)));
  const std::int64_t x = integer(a), y = integer(b);
  if (y == -1) return subtract(std::int64_t{0}, x);
  const std::int64_t quotient = x / y;
  return quotient - ((x % y != 0 && (x < 0) != (y < 0)) ? 1 : 0);
}

Number remainder(const Number& a, const Number& b) {
  refuse_zero(b);
  if (is_integer(a) && is_integer(b)) {
    if (integer(b) == -1) return std::int64_t{0};
    const std::int64_t rest = integer(a) % integer(b);
    return rest != 0 && (rest < 0) != (integer(b) < 0) ? rest + integer(b) : rest;
  }
  const double rest = std::fmod(real(a), real(b));
  return finite(rest != 0 && (rest < 0) != (real(b) < 0) ? rest + real(b) : rest);
}

Number power(const Number& base, const Number& exponent) {
  if (!is_integer(base) || !is_integer(exponent) || integer(exponent) < 0)
    return finite(std::pow(real(base), real(exponent)));
  const std::int64_t factor = integer(base);
  if (factor == 0 || factor == 1) return integer(exponent) == 0 ? std::int64_t{1} : factor;
  if (factor == -1) return integer(exponent) % 2 == 0 ? std::int64_t{1} : std::int64_t{-1};
  Number out = std::int64_t{1};
  for (std::int64_t i = 0; i < integer(exponent); ++i)
    out = multiply(out, base);  // overflows after at most 63 rounds
  return out;
}

// ---- Functions

Number to_integer(double value) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  if (!(value >= -limit && value < limit)) fail_overflow();
  return static_cast<std::int64_t>(value);
}

Number smallest(const std::vector<Number>& a) {
  return *std::min_element(a.begin(), a.end(),
                           [](const Number& x, const Number& y) { return real(x) < real(y); });
}
Number largest(const std::vector<Number>& a) {
  return *std::max_element(a.begin(), a.end(),
                           [](const Number& x, const Number& y) { return real(x) < real(y); });
}
Number absolute(const std::vector<Number>& a) {
  if (!is_integer(a[0])) return std::abs(real(a[0]));
  return integer(a[0]) < 0 ? subtract(std::int64_t{0}, a[0]) : a[0];
}
Number rounded(const std::vector<Number>& a, double (*round)(double)) {
  return is_integer(a[0]) ? a[0] : to_integer(round(real(a[0])));
}

struct Function {
  std::string_view name;
  bool takes_many;
  Number (*call)(const std::vector<Number>&);
};

constexpr std::array functions = {
    Function{"min", true, smallest},
    Function{"max", true, largest},
    Function{"abs", false, absolute},
    Function{"sqrt", false, [](const std::vector<Number>& a) { return finite(std::sqrt(real(a[0]))); }},
    Function{"exp", false, [](const std::vector<Number>& a) { return finite(std::exp(real(a[0]))); }},
    Function{"log", false, [](const std::vector<Number>& a) { return finite(std::log(real(a[0]))); }},
    Function{"floor", false, [](const std::vector<Number>& a) { return rounded(a, std::floor); }},
    Function{"ceil", false, [](const std::vector<Number>& a) { return rounded(a, std::ceil); }},
    // To the nearest, halves to the even one, as in Python.
    Function{"round", false, [](const std::vector<Number>& a) { return rounded(a, std::nearbyint); }},
};

// ---- The parser: one function for each level of binding

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Parser {
 public:
  Parser(std::string_view text, const Lookup& lookup) : text_(text), lookup_(lookup) {}

  Value run() {
    if (text_.size() > longest_expression)
      fail(text("is longer than ", longest_expression, " characters"), "split it over `vars:`");
    if (std::optional<std::string> key = single_key()) return lookup_(*key);
    const Number number = sum();
    if (!at_end())
      fail(text("'", printable(text_.substr(at_, 1)), "' is not expected here"),
           "known: + - * / // % **, parentheses, functions");
    if (is_integer(number)) return Value::scalar(text(integer(number)), false, {});
    return Value::scalar(real_text(real(number)), false, {});
  }

 private:
  // A real stays one, though it may be whole.
  static std::string real_text(double value) {
    std::string out = number_text(value);
    return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  bool take(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  bool takes_single(char c, char not_doubled) {
    skip_blanks();
    const bool is_it =
        at_ < text_.size() && text_[at_] == c && !(at_ + 1 < text_.size() && text_[at_ + 1] == not_doubled);
    if (is_it) ++at_;
    return is_it;
  }

  // A dotted key: letters, digits, _ and the dots between.
  std::string key() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::optional<std::string> single_key() {
    if (at_end()) fail("is empty", "write a key or an expression between the parentheses");
    std::optional<std::string> found;
    if (is_letter(text_[at_])) found = key();
    if (!found || !at_end()) {
      at_ = 0;
      return std::nullopt;
    }
    return found;
  }

  Number sum() {
    Number left = product();
    for (;;) {
      if (take("+")) {
        left = add(left, product());
      } else if (take("-")) {
        left = subtract(left, product());
      } else {
        return left;
      }
    }
  }

  Number product() {
    Number left = sign();
    for (;;) {
      if (take("//")) {
        left = floor_divide(left, sign());
      } else if (take("/")) {
        left = divide(left, sign());
      } else if (take("%")) {
        left = remainder(left, sign());
      } else if (takes_single('*', '*')) {
        left = multiply(left, sign());
      } else {
        return left;
      }
    }
  }

  Number sign() {
    if (take("-")) return subtract(std::int64_t{0}, sign());
    if (take("+")) return sign();
    Number base = primary();
    return take("**") ? power(base, sign()) : base;
  }

  Number primary() {
    if (at_end()) fail("ends too early", "something must follow the last operator");
    if (take("(")) {
      const Number inner = sum();
      close();
      return inner;
    }
    if (is_digit(text_[at_]) || text_[at_] == '.') return literal();
    if (is_letter(text_[at_])) return name();
    fail(text("'", printable(text_.substr(at_, 1)), "' is not expected here"),
         "known: numbers, keys, + - * / // % **, parentheses, functions");
  }

  void close() {
    if (!take(")")) fail("a parenthesis is not closed", "add the closing ')'");
  }

  Number literal() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const bool is_exponent_sign =
          (text_[at_] == '-' || text_[at_] == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
      if (!is_digit(text_[at_]) && !is_letter(text_[at_]) && text_[at_] != '.' &&
          !(at_ > begin && is_exponent_sign))
        break;
      ++at_;
    }
    const std::string_view written = text_.substr(begin, at_ - begin);
    if (const auto whole = parse_integer(written)) return *whole;
    if (const auto number = parse_real(written)) return finite(*number);
    fail(text("'", printable(written), "' is no number"), "numbers are written as 3, 0.5 or 1e-3");
  }

  Number name() {
    const std::string written = key();
    return take("(") ? call(written) : number_of(written);
  }

  Number call(const std::string& name) {
    const auto found =
        std::find_if(functions.begin(), functions.end(), [&](const Function& f) { return f.name == name; });
    if (found == functions.end()) {
      std::vector<std::string> known;
      for (const Function& function : functions) known.emplace_back(function.name);
      fail(text("there is no function '", printable(name), "'"), suggest(name, known));
    }
    std::vector<Number> arguments = {sum()};
    while (take(",")) arguments.push_back(sum());
    close();
    if (arguments.size() > 1 && !found->takes_many)
      fail(text(name, " takes one value, not ", arguments.size()), text("as ", name, "(x)"));
    return found->call(arguments);
  }

  Number number_of(const std::string& written) {
    const Value value = lookup_(written);
    const Json typed = to_json(value);
    if (typed.is_integer()) return typed.integer();
    if (typed.is_real()) return finite(typed.real());
    fail(text(written, " is ", value.kind_text(), ", not a number"),
         "arithmetic takes numbers; a key alone takes anything");
  }

  std::string_view text_;
  const Lookup& lookup_;
  std::size_t at_ = 0;
};

}  // namespace

Value evaluate(std::string_view expression, const Lookup& lookup) { return Parser(expression, lookup).run(); }

}  // namespace assay
