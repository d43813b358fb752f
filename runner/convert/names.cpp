#include "runner/convert/names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "core/text.h"

namespace assay::convert {
namespace {

/// `[1/3]` at the end.
bool read_part(std::string_view text, Target& out) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto part = parse_integer(text.substr(0, slash));
  const auto parts = parse_integer(text.substr(slash + 1));
  constexpr std::int64_t most_parts = 1024;
  if (!part || !parts || *parts < 1 || *parts > most_parts || *part < 0 || *part >= *parts) return false;
  out.part = *part;
  out.parts = *parts;
  return true;
}

bool matches(std::string_view glob, std::string_view name, std::vector<std::string>& captured) {
  if (glob.empty()) return name.empty();
  if (glob.front() == '*') {
    for (std::size_t size = 0; size <= name.size(); ++size) {
      captured.emplace_back(name.substr(0, size));
      if (matches(glob.substr(1), name.substr(size), captured)) return true;
      captured.pop_back();
    }
    return false;
  }
  if (name.empty() || (glob.front() != '?' && glob.front() != name.front())) return false;
  return matches(glob.substr(1), name.substr(1), captured);
}

/// The rule that decides about a name, and what its stars stand for there.
struct Decision {
  const NameMap::Rule* rule = nullptr;
  std::vector<std::string> captured;
};

std::optional<Decision> decide(const NameMap& map, std::string_view name) {
  for (const NameMap::Rule& rule : map.rules) {
    if (auto captured = captures(rule.from, name)) return Decision{&rule, std::move(*captured)};
  }
  return std::nullopt;
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string_view take_digits(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  Target target;
  if (text.ends_with("^T")) {
    target.is_transposed = true;
    text.remove_suffix(2);
  }
  if (text.ends_with(']')) {
    const std::size_t open = text.rfind('[');
    if (open == std::string_view::npos || !read_part(text.substr(open + 1, text.size() - open - 2), target))
      return std::nullopt;
    text = text.substr(0, open);
  }
  if (text.empty()) return std::nullopt;
  target.name = text;
  return target;
}

std::optional<RuleFault> fault_of(const NameMap::Rule& rule) {
  if (rule.to.empty()) return std::nullopt;
  const auto from = std::ranges::count(rule.from, '*'), to = std::ranges::count(rule.to, '*');
  if (from != to) {
    return RuleFault{
        text("has ", count_text(to, "star"), " in its target, where '", printable(rule.from), "' has ", from),
        "what each `*` stands for goes over, so both sides have as many"};
  }
  if (!parse_target(rule.to))
    return RuleFault{"asks for a part that there is not", "of three parts there are [0/3], [1/3] and [2/3]"};
  return std::nullopt;
}

std::string to_string(const Target& target) {
  const std::string part = target.parts > 1 ? text('[', target.part, '/', target.parts, ']') : std::string();
  return text(target.name, part, target.is_transposed ? "^T" : "");
}

std::optional<std::vector<std::string>> captures(std::string_view glob, std::string_view name) {
  constexpr std::size_t longest_name = 1000;  // trying out takes time that grows fast with it
  if (name.size() > longest_name || !glob_matches(glob, name)) return std::nullopt;
  std::vector<std::string> captured;
  if (!matches(glob, name, captured)) return std::nullopt;
  return captured;
}

std::string filled(std::string_view glob, const std::vector<std::string>& captured) {
  std::string out;
  std::size_t next = 0;
  for (const char c : glob) {
    if (c == '*' && next < captured.size()) {
      out += captured[next++];
    } else {
      out += c;
    }
  }
  return out;
}

Renamed renamed(const NameMap& map, std::string_view name) {
  const auto decision = decide(map, name);
  if (!decision) return {Renamed::By::itself, {std::string(name)}};
  const std::string& to = decision->rule->to;
  if (to.empty()) return {Renamed::By::nothing, {}};
  Target target = parse_target(to).value_or(Target{to});
  target.name = filled(target.name, decision->captured);
  return {Renamed::By::map, std::move(target)};
}

std::vector<std::string> idle_rules(const NameMap& map, const std::vector<std::string>& names) {
  std::set<const NameMap::Rule*> deciding;
  for (const std::string& name : names) {
    if (const auto decision = decide(map, name)) deciding.insert(decision->rule);
  }
  std::vector<std::string> idle;
  for (const NameMap::Rule& rule : map.rules) {
    if (!deciding.contains(&rule)) idle.push_back(rule.from);
  }
  return idle;
}

std::string wrapper_of(const std::vector<NamedTensor>& tensors) {
  constexpr std::array<std::string_view, 2> known = {"module.", "_orig_mod."};
  std::string wrapper;
  const auto are_within = [&](const std::string& prefix) {
    return std::ranges::all_of(tensors,
                               [&](const NamedTensor& tensor) { return tensor.name.starts_with(prefix); });
  };
  for (bool is_longer = !tensors.empty(); is_longer;) {
    const auto* next = std::ranges::find_if(
        known, [&](std::string_view word) { return are_within(wrapper + std::string(word)); });
    is_longer = next != known.end();
    if (is_longer) wrapper += *next;
  }
  return wrapper;
}

bool comes_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view left = take_digits(a), right = take_digits(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      continue;
    }
    if (a.front() != b.front()) return a.front() < b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

}  // namespace assay::convert
