#include "runner/report/run_filter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace assay::report {
namespace {

struct Token {
  enum class Kind { word, quoted, sign, end };
  Kind kind = Kind::end;
  std::string text;
  std::size_t at = 0;  // where it begins

  bool is(std::string_view sign_or_word) const {
    return (kind == Kind::sign || kind == Kind::word) && text == sign_or_word;
  }
};

/// The message, the text, and below it a caret.
[[noreturn]] void fail(const std::string& text, std::size_t at, const std::string& message,
                       const std::string& hint) {
  const std::string before = printable(text.substr(0, at));
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const auto columns = static_cast<std::size_t>(std::count_if(before.begin(), before.end(), begins));
  throw Error(Kind::usage, Problem{{},
                                   {},
                                   assay::text("--where: ", message, '\n', before, printable(text.substr(at)),
                                               '\n', std::string(columns, ' '), '^'),
                                   hint});
}

constexpr std::string_view signs = "()[],<>=!~";
constexpr std::array<std::string_view, 4> long_signs{"<=", ">=", "==", "!="};

std::vector<Token> tokens_of(const std::string& text) {
  std::vector<Token> tokens;
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n') {
      ++i;
    } else if (c == '\'' || c == '"') {
      const std::size_t end = text.find(c, i + 1);
      if (end == std::string::npos) fail(text, i, "this quotation mark is not closed", "");
      tokens.push_back({Token::Kind::quoted, text.substr(i + 1, end - i - 1), i});
      i = end + 1;
    } else if (signs.find(c) != std::string_view::npos) {
      const std::string two = text.substr(i, 2);
      const bool is_long = std::find(long_signs.begin(), long_signs.end(), two) != long_signs.end();
      tokens.push_back({Token::Kind::sign, is_long ? two : std::string(1, c), i});
      i += is_long ? 2 : 1;
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\n'\"()[],<>=!~", i), text.size());
      tokens.push_back({Token::Kind::word, text.substr(i, end - i), i});
      i = end;
    }
  }
  tokens.push_back({Token::Kind::end, "", text.size()});
  return tokens;
}

Json value_of(const Token& token) {
  if (token.kind == Token::Kind::quoted) return token.text;
  if (const auto whole = parse_integer(token.text)) return *whole;
  if (const auto real = parse_real(token.text)) return *real;
  if (token.text == "true" || token.text == "false") return token.text == "true";
  if (token.text == "null") return {};
  if (token.text == "nan") return std::nan("");
  if (token.text == "inf") return std::numeric_limits<double>::infinity();
  if (token.text == "-inf") return -std::numeric_limits<double>::infinity();
  return token.text;
}

/// `20 epochs` -> {20, "epoch"}
std::optional<std::pair<double, std::string>> quantity_of(const std::string& text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const auto number = parse_real(text.substr(0, blank));
  std::string unit(trim(text.substr(blank)));
  if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
  if (!number || unit.empty()) return std::nullopt;
  return std::pair(*number, std::move(unit));
}

/// Below 0, 0, above 0; nothing if the two cannot be ordered.
std::optional<int> order(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::nullopt;
  return a < b ? -1 : a > b ? 1 : 0;
}

std::optional<int> order(const std::string& a, const std::string& b) {
  const auto left = quantity_of(a);
  const auto right = quantity_of(b);
  if (left && right && left->second == right->second) return order(left->first, right->first);
  return a < b ? -1 : a > b ? 1 : 0;
}

}  // namespace

/// What was typed, beside how it reads as a value: a run may be called 7.
struct RunFilter::Literal {
  Json value;
  std::string text;
};

namespace {

using Literal = RunFilter::Literal;

bool is_same(const Json& found, const Literal& wanted) {
  if (found.is_number() && wanted.value.is_number()) {
    const double a = found.real();
    const double b = wanted.value.real();
    return a == b || (std::isnan(a) && std::isnan(b));
  }
  if (found.is_text()) return order(found.text(), wanted.text) == 0;
  if (found.is_list() && wanted.value.is_list()) {
    const auto same = [](const Json& a, const Json& b) {
      return is_same(a, Literal{b, b.is_text() ? b.text() : std::string()});
    };
    return std::equal(found.items().begin(), found.items().end(), wanted.value.items().begin(),
                      wanted.value.items().end(), same);
  }
  return found == wanted.value;
}

}  // namespace

struct RunFilter::Node {
  enum class Op { any, all, none, compare, in, holds, is_missing, is_there };
  Op op = Op::is_there;
  std::size_t at = 0;           // of the field, or of the sign of a comparison
  std::string field;            // what is looked at; of `any`, `all` and `none` nothing
  std::string sign;             // of `compare`
  std::vector<Literal> values;  // one of `compare` and `holds`
  std::vector<Node> parts;
};

namespace {

using Node = RunFilter::Node;
using Op = Node::Op;

/// Recursive descent: any := all ('or' all)*, all := one ('and' one)*, one := 'not' one | '(' any ')' | test.
class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text), tokens_(tokens_of(text)) {}

  Node parse() {
    Node node = any();
    if (now().kind != Token::Kind::end)
      fail_here(now().is(")") ? "this bracket closes nothing" : "expected `and`, `or` or the end");
    return node;
  }

 private:
  static constexpr int deepest = 100;

  const Token& now() const { return tokens_[next_]; }
  Token take() { return tokens_[next_ + 1 < tokens_.size() ? next_++ : next_]; }
  bool take_if(std::string_view text) {
    if (!now().is(text)) return false;
    take();
    return true;
  }
  [[noreturn]] void fail_here(const std::string& message, const std::string& hint = {}) const {
    fail(text_, now().at, message, hint);
  }

  Node any() { return joined(Op::any, "or", &Parser::all); }
  Node all() { return joined(Op::all, "and", &Parser::one); }

  Node joined(Op op, std::string_view word, Node (Parser::*part)()) {
    Node first = (this->*part)();
    if (!now().is(word)) return first;
    Node node{op, now().at, {}, {}, {}, {}};
    node.parts.push_back(std::move(first));
    while (take_if(word)) node.parts.push_back((this->*part)());
    return node;
  }

  Node one() {
    if (++depth_ > deepest) fail_here("this is nested too deeply");
    Node node = one_within();
    --depth_;
    return node;
  }

  Node one_within() {
    const std::size_t at = now().at;
    if (take_if("not")) {
      Node node{Op::none, at, {}, {}, {}, {}};
      node.parts.push_back(one());
      return node;
    }
    if (take_if("(")) {
      Node node = any();
      if (!take_if(")")) fail(text_, at, "this bracket is not closed", "");
      return node;
    }
    return test();
  }

  bool is_operand() const {
    constexpr std::array<std::string_view, 4> keywords{"and", "or", "in", "is"};
    return now().kind == Token::Kind::quoted ||
           (now().kind == Token::Kind::word &&
            std::find(keywords.begin(), keywords.end(), now().text) == keywords.end());
  }

  Node test() {
    if (!is_operand())
      fail_here("expected what to look at, as optimizer.lr",
                "`assay runs list --fields` lists what there is");
    const Token left = take();
    const Token sign = now();
    if (left.kind == Token::Kind::quoted && sign.is("in")) return holds(left);
    if (take_if("is")) return missing(left);
    if (sign.is("in")) return in(left, false);
    if (sign.is("not")) return in(left, true);
    constexpr std::array<std::string_view, 8> comparing{"<", "<=", ">", ">=", "=", "==", "!=", "~"};
    if (sign.kind == Token::Kind::sign &&
        std::find(comparing.begin(), comparing.end(), sign.text) != comparing.end()) {
      take();
      return {Op::compare, sign.at, left.text, sign.text == "==" ? "=" : sign.text, {literal()}, {}};
    }
    if (sign.kind != Token::Kind::end && !sign.is("and") && !sign.is("or") && !sign.is(")"))
      fail_here("expected a comparison, `in` or `is missing`", "texts with blanks stand in quotes");
    return {Op::is_there, left.at, left.text, {}, {}, {}};
  }

  Node holds(const Token& value) {
    take();  // in
    if (now().kind != Token::Kind::word) fail_here("expected a list of the run, as tags");
    const Token field = take();
    return {Op::holds, field.at, field.text, {}, {{value.text, value.text}}, {}};
  }

  Node missing(const Token& left) {
    const bool is_negated = take_if("not");
    if (!take_if("missing")) fail_here("expected `missing` or `not missing`");
    Node node{Op::is_missing, left.at, left.text, {}, {}, {}};
    return is_negated ? negated(std::move(node)) : std::move(node);
  }

  Node in(const Token& left, bool is_negated) {
    if (is_negated) take();
    if (!take_if("in")) fail_here("expected `in`", "before a condition, `not` stands in front of it");
    const bool is_round = now().is("(");
    if (!is_round && !now().is("[")) fail_here("expected a list, as [mlp, lenet]");
    Node node{Op::in, left.at, left.text, {}, list(is_round ? ")" : "]"), {}};
    return is_negated ? negated(std::move(node)) : std::move(node);
  }

  static Node negated(Node node) {
    Node outer{Op::none, node.at, {}, {}, {}, {}};
    outer.parts.push_back(std::move(node));
    return outer;
  }

  std::vector<Literal> list(std::string_view close) {
    const std::size_t at = now().at;
    take();
    std::vector<Literal> values;
    while (!take_if(close)) {
      if (now().kind == Token::Kind::end) fail(text_, at, "this bracket is not closed", "");
      if (!values.empty() && !take_if(",")) fail_here("expected a comma");
      values.push_back(literal());
    }
    return values;
  }

  Literal literal() {
    if (now().is("[")) {
      Json values = Json::list();
      for (Literal& item : list("]")) values.push(std::move(item.value));
      return {std::move(values), {}};
    }
    if (now().kind != Token::Kind::word && now().kind != Token::Kind::quoted) fail_here("expected a value");
    const Token token = take();
    return {value_of(token), token.text};
  }

  const std::string& text_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

/// Evaluates a node for one run.
class Judge {
 public:
  Judge(const std::string& text, const RunFields& fields, std::size_t run)
      : text_(text), fields_(fields), run_(run) {}

  bool holds(const Node& node) const {
    const auto does_hold = [this](const Node& part) { return holds(part); };
    switch (node.op) {
      case Op::any:
        return std::any_of(node.parts.begin(), node.parts.end(), does_hold);
      case Op::all:
        return std::all_of(node.parts.begin(), node.parts.end(), does_hold);
      case Op::none:
        return !holds(node.parts.front());
      default:
        return test(node, fields_.get(node.field, run_));
    }
  }

 private:
  bool test(const Node& node, const Json& found) const {
    const auto is_it = [&found](const Literal& value) { return is_same(found, value); };
    if (node.op == Op::is_missing) return found.is_null();
    if (node.op == Op::is_there) return !found.is_null() && found != Json(false);
    if (node.op == Op::compare && node.values.front().value.is_null() && node.values.front().text == "null")
      return (node.sign == "=") == found.is_null();
    if (found.is_null()) return false;
    if (node.op == Op::in) return std::any_of(node.values.begin(), node.values.end(), is_it);
    if (node.op == Op::holds) return is_among(node.values.front(), found);
    return compare(node, found);
  }

  static bool is_among(const Literal& value, const Json& list) {
    if (list.is_text()) return list.text().find(value.text) != std::string::npos;
    return list.is_list() && std::any_of(list.items().begin(), list.items().end(),
                                         [&](const Json& item) { return is_same(item, value); });
  }

  bool compare(const Node& node, const Json& found) const {
    const Literal& wanted = node.values.front();
    if (node.sign == "~") return found.is_text() && glob_matches(wanted.text, found.text());
    if (node.sign == "=") return is_same(found, wanted);
    if (node.sign == "!=") return !is_same(found, wanted);
    const std::optional<int> ordered = order_of(node, found, wanted);
    if (!ordered) return false;
    if (node.sign == "<") return *ordered < 0;
    if (node.sign == "<=") return *ordered <= 0;
    return node.sign == ">" ? *ordered > 0 : *ordered >= 0;
  }

  std::optional<int> order_of(const Node& node, const Json& found, const Literal& wanted) const {
    if (found.is_number() && wanted.value.is_number()) return order(found.real(), wanted.value.real());
    if (found.is_text() && !wanted.value.is_list()) return order(found.text(), wanted.text);
    fail(text_, node.at,
         text("in ", printable(fields_.title(run_)), " this is ",
              found.is_number() ? "a number"
              : found.is_list() ? "a list"
                                : "true or false",
              ", which has no order against what stands on the right"),
         "");
  }

  const std::string& text_;
  const RunFields& fields_;
  const std::size_t run_;
};

void check_node(const Node& node, const std::string& text, const RunFields& fields) {
  for (const Node& part : node.parts) check_node(part, text, fields);
  if (node.field.empty() || fields.is_known(node.field)) return;
  const std::size_t at = node.op == Op::compare ? text.rfind(node.field, node.at) : node.at;
  fail(text, at, assay::text("no run has '", printable(node.field), "'"), fields.hint(node.field));
}

}  // namespace

RunFilter::RunFilter(std::string text) : text_(std::move(text)) {
  if (!trim(text_).empty()) root_ = std::make_unique<Node>(Parser(text_).parse());
}

RunFilter::~RunFilter() = default;
RunFilter::RunFilter(RunFilter&&) noexcept = default;

void RunFilter::check(const RunFields& fields) const {
  if (root_ && fields.size() > 0) check_node(*root_, text_, fields);
}

bool RunFilter::matches(const RunFields& fields, std::size_t run) const {
  return !root_ || Judge(text_, fields, run).holds(*root_);
}

}  // namespace assay::report
