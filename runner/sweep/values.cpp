#include "runner/sweep/values.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "core/text.h"

namespace assay::sweep {
namespace {

std::optional<double> number_in(const Value& value) {
  return value.is_scalar() && !value.is_quoted() ? parse_real(value.text()) : std::nullopt;
}

}  // namespace

bool is_same(const Value& a, const Value& b) {
  if (a.is_list() && b.is_list()) {
    return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(), is_same);
  }
  if (a.is_map() && b.is_map()) {
    return a.entries().size() == b.entries().size() &&
           std::all_of(a.entries().begin(), a.entries().end(), [&](const Value::Entry& entry) {
             const Value* other = b.find(entry.key);
             return other && is_same(entry.value, *other);
           });
  }
  const auto number = number_in(a), other = number_in(b);
  return number && other ? *number == *other : a.equals(b);
}

std::string one_line(const Value& value) {
  if (value.is_null()) return "null";
  if (value.is_scalar()) return printable(value.text());
  std::vector<std::string> parts;
  if (value.is_list()) {
    for (const Value& item : value.items()) parts.push_back(one_line(item));
    return text('[', join(parts, ", "), ']');
  }
  for (const Value::Entry& entry : value.entries())
    parts.push_back(text(entry.key, ": ", one_line(entry.value)));
  return text('{', join(parts, ", "), '}');
}

std::string number_of(double value, bool is_whole) {
  if (is_whole) return text(static_cast<std::int64_t>(value));
  char rounded[32];
  std::snprintf(rounded, sizeof rounded, "%.12g", value);
  return number_text(parse_real(rounded).value_or(value));
}

}  // namespace assay::sweep
