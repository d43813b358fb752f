// Scalars bound to declared types, whatever a YAML library would make of them. The table in docs/config.md is
// this file in words.
#include <cmath>
#include <filesystem>
#include <limits>

#include "core/text.h"
#include "registry/fields.h"
#include "registry/secret.h"

namespace assay {
namespace {

bool is_plain(const Value& value) { return value.is_scalar() && !value.is_quoted() && value.tag().empty(); }

bool is_secret(const Value& value) {
  return value.is_scalar() && (!value.tag().empty() || parse_secret(value.text()));
}

bool is_text(const Value& value) { return value.is_scalar() && !is_secret(value); }

std::string shown(const Value& value) {
  return value.is_quoted() && value.tag().empty() ? "\"" + printable(value.text()) + "\"" : value.kind_text();
}

bool refuse(const Value& value, const TypeInfo& type, BindContext& context, std::string hint = {}) {
  if (is_secret(value))
    hint = "secrets go where a component declares one; $(env.NAME) puts a variable's value here";
  context.report(
      value.where(),
      text("is ", value.is_scalar() ? shown(value) : value.kind_text(), ", must be ", type.words()),
      std::move(hint));
  return false;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

// 0x1F and 0o17, as YAML 1.2's core schema has them; a leading zero alone means nothing (010 is ten).
std::optional<std::int64_t> parse_based_integer(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0) return std::nullopt;
  text.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool looks_like_integer(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<double> parse_infinity(std::string_view text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == ".inf" || text == "+.inf" || text == ".Inf" || text == ".INF") return infinity;
  if (text == "-.inf" || text == "-.Inf" || text == "-.INF") return -infinity;
  return std::nullopt;
}

// What a number that was not understood probably meant.
std::string number_hint(const Value& value) {
  if (value.is_quoted()) return "remove the quotes";
  if (value.text().find('_') != std::string::npos) return "write it without underscores";
  if (value.text().find(',') != std::string::npos) return "write a point, not a comma";
  return {};
}

}  // namespace

void report_type(const Value& value, const TypeInfo& type, BindContext& context) {
  std::string hint;
  if (type.kind == TypeInfo::Kind::list && is_text(value))
    hint = text("put it in brackets: [", printable(value.text()), ']');
  refuse(value, type, context, std::move(hint));
}

bool read_scalar(const Value& value, bool& out, BindContext& context) {
  const TypeInfo type{TypeInfo::Kind::boolean};
  if (!is_plain(value)) return refuse(value, type, context, value.is_scalar() ? "remove the quotes" : "");
  const std::optional<bool> parsed = parse_boolean(value.text());
  if (parsed) {
    out = *parsed;
    return true;
  }
  std::string hint;
  const std::string& word = value.text();
  if (word == "yes" || word == "on" || word == "1" || word == "Yes" || word == "On") hint = "write true";
  if (word == "no" || word == "off" || word == "0" || word == "No" || word == "Off") hint = "write false";
  return refuse(value, type, context, std::move(hint));
}

bool read_scalar(const Value& value, std::int64_t& out, BindContext& context) {
  const TypeInfo type{TypeInfo::Kind::integer};
  if (!is_plain(value)) return refuse(value, type, context, value.is_scalar() ? number_hint(value) : "");
  const std::string& written = value.text();
  std::optional<std::int64_t> parsed = parse_integer(written);
  if (!parsed) parsed = parse_based_integer(written);
  if (!parsed && looks_like_integer(written)) {
    context.report(value.where(), text("is ", written, ", which does not fit into 64 bits"));
    return false;
  }
  if (!parsed) {
    const std::optional<double> real = parse_real(written);
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (real && *real == std::floor(*real) && std::abs(*real) <= exact)
      parsed = static_cast<std::int64_t>(*real);
  }
  if (!parsed) return refuse(value, type, context, number_hint(value));
  out = *parsed;
  return true;
}

bool read_scalar(const Value& value, double& out, BindContext& context) {
  const TypeInfo type{TypeInfo::Kind::real};
  if (!is_plain(value)) return refuse(value, type, context, value.is_scalar() ? number_hint(value) : "");
  const std::string& written = value.text();
  std::optional<double> parsed = parse_real(written);
  if (!parsed) parsed = parse_infinity(written);
  if (!parsed) {
    if (const auto integer = parse_based_integer(written)) parsed = static_cast<double>(*integer);
  }
  if (!parsed || std::isnan(*parsed)) return refuse(value, type, context, number_hint(value));
  out = *parsed;
  return true;
}

bool read_scalar(const Value& value, std::string& out, BindContext& context) {
  if (!is_text(value)) return refuse(value, {TypeInfo::Kind::text}, context);
  out = value.text();
  return true;
}

bool read_scalar(const Value& value, Duration& out, BindContext& context) {
  const TypeInfo type{TypeInfo::Kind::duration};
  if (!is_text(value)) return refuse(value, type, context);
  const std::optional<Duration> parsed = parse_duration(value.text());
  if (!parsed) {
    const bool is_number = parse_real(value.text()).has_value();
    return refuse(
        value, type, context,
        is_number ? text("add a unit: `", value.text(), " epochs` or `", value.text(), " steps`") : "");
  }
  out = *parsed;
  return true;
}

bool read_durations(const Value& value, Durations& out, BindContext& context) {
  out.items.clear();
  if (value.is_list() && !value.items().empty()) {
    bool is_good = true;
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      BindContext inner{context.registry, context.problems, context.below(std::to_string(i))};
      is_good = read_scalar(value.items()[i], out.items.emplace_back(), inner) && is_good;
    }
    return is_good;
  }
  if (!value.is_scalar()) return refuse(value, {TypeInfo::Kind::durations}, context);
  return read_scalar(value, out.items.emplace_back(), context);
}

bool read_scalar(const Value& value, Share& out, BindContext& context) {
  const TypeInfo type{TypeInfo::Kind::share};
  if (!is_text(value)) return refuse(value, type, context);
  const std::optional<Share> parsed = parse_share(value.text());
  if (!parsed) {
    const bool is_number = parse_real(value.text()).has_value();
    return refuse(value, type, context,
                  is_number ? text("a share is from 0 to 1; did you mean ", value.text(), "%?") : "");
  }
  out = *parsed;
  return true;
}

bool read_scalar(const Value& value, Path& out, BindContext& context) {
  if (value.is_null()) {
    out.text.clear();
    return true;
  }
  if (!is_text(value) || value.text().empty()) return refuse(value, {TypeInfo::Kind::path}, context);
  namespace fs = std::filesystem;
  fs::path path = value.text();
  if (path.is_relative() && value.where().kind == Where::Kind::file) {
    path = fs::path(value.where().name()).parent_path() / path;
  }
  out.text = fs::absolute(path).lexically_normal().string();
  return true;
}

Json to_json(const Value& value) {
  if (value.is_null()) return {};
  if (value.is_list()) {
    Json list = Json::list();
    for (const Value& item : value.items()) list.push(to_json(item));
    return list;
  }
  if (value.is_map()) {
    Json map = Json::map();
    for (const Value::Entry& entry : value.entries()) map.set(entry.key, to_json(entry.value));
    return map;
  }
  const std::string& written = value.text();
  if (!value.tag().empty()) return text('!', value.tag(), ' ', written);
  if (!is_plain(value)) return written;
  if (const auto boolean = parse_boolean(written)) return *boolean;
  if (const auto integer = parse_integer(written)) return *integer;
  if (const auto integer = parse_based_integer(written)) return *integer;
  if (!looks_like_integer(written)) {
    if (const auto real = parse_real(written)) return *real;
    if (const auto real = parse_infinity(written)) return *real;
  }
  return written;
}

}  // namespace assay
