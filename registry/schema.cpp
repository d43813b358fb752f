#include "registry/schema.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace assay {

std::string BindContext::below(std::string_view key) const {
  return path.empty() ? std::string(key) : text(path, '.', key);
}

void BindContext::report(const Where& where, std::string message, std::string hint) {
  problems.push_back({where, path, std::move(message), std::move(hint)});
}

namespace {

std::string article(std::string_view noun) {
  return text(std::string_view("aeiou").find(noun.front()) != std::string_view::npos ? "an " : "a ", noun);
}

std::string plural_words(const TypeInfo& type) {
  switch (type.kind) {
    case TypeInfo::Kind::boolean:
      return "booleans";
    case TypeInfo::Kind::integer:
      return "whole numbers";
    case TypeInfo::Kind::real:
      return "numbers";
    case TypeInfo::Kind::text:
      return "texts";
    case TypeInfo::Kind::path:
      return "paths";
    case TypeInfo::Kind::secret:
      return "secrets";
    case TypeInfo::Kind::duration:
    case TypeInfo::Kind::durations:
      return "durations";
    case TypeInfo::Kind::share:
      return "shares";
    case TypeInfo::Kind::list:
      return "lists";
    case TypeInfo::Kind::map:
    case TypeInfo::Kind::section:
      return "maps";
    case TypeInfo::Kind::slot:
      return type.family + " components";
    case TypeInfo::Kind::any:
      return "values";
  }
  return "values";
}

}  // namespace

std::string TypeInfo::words() const {
  switch (kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return "a whole number";
    case Kind::real:
      return "a number";
    case Kind::text:
      return "a text";
    case Kind::path:
      return "a path";
    case Kind::secret:
      return "a secret, as `!secret TOKEN`";
    case Kind::duration:
      return "a duration with a unit, as `20 epochs`, `500 steps`, `90 s` or `5%`";
    case Kind::durations:
      return "a duration with a unit, as `20 epochs` or `2 h`, or a list of them";
    case Kind::share:
      return "a share, as `15%` or `0.15`";
    case Kind::list:
      return text(takes_one ? item->words() + " or " : std::string(), "a list of ", plural_words(*item));
    case Kind::map:
      return "a map of " + plural_words(*item);
    case Kind::section:
      return "a map";
    case Kind::slot:
      return article(family) + " component: a name or a map with `type`";
    case Kind::any:
      return "anything";
  }
  return "anything";
}

const FieldInfo* Schema::find(std::string_view key) const {
  for (const FieldInfo& field : fields) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

std::vector<std::string> Schema::keys() const {
  std::vector<std::string> out;
  for (const FieldInfo& field : fields) out.push_back(field.key);
  return out;
}

Json Schema::write(const void* params) const {
  Json map = Json::map();
  for (const FieldInfo& field : fields) map.set(field.key, field.write(params));
  return map;
}

namespace {

// "step size (default 0.001)": what a field is, as a hint.
std::string field_hint(const FieldInfo& field) {
  std::string hint = field.doc;
  if (!field.unit.empty()) hint += " in " + field.unit;
  const Json& value = field.default_value;
  if (value.is_number())
    hint += text(" (default ", value.is_integer() ? text(value.integer()) : text(value.real()), ')');
  if (value.is_boolean()) hint += text(" (default ", value.boolean(), ')');
  if (value.is_text() && !value.text().empty()) hint += " (default " + value.text() + ')';
  if (field.type.section) hint += "; keys: " + join(field.type.section()->keys(), ", ");
  return hint;
}

void check_rule(const Rule& rule, const Json& typed, const Value& written, const FieldInfo& field,
                BindContext& context) {
  if (rule.holds(typed)) return;
  if (rule.items && typed.is_list() && !written.is_list()) {
    return check_rule(*rule.items, typed.items().at(0), written, field, context);
  }
  if (rule.items && typed.is_list()) {
    for (std::size_t i = 0; i < typed.items().size(); ++i) {
      BindContext inner{context.registry, context.problems, context.below(std::to_string(i))};
      check_rule(*rule.items, typed.items()[i], written.items()[i], field, inner);
    }
    return;
  }
  const std::string shown = written.is_scalar() ? printable(written.text()) : written.kind_text();
  std::string hint = field_hint(field);
  if (rule.schema.find("enum") && written.is_scalar()) {
    std::vector<std::string> known;
    for (const Json& choice : rule.schema.find("enum")->items()) known.push_back(choice.text());
    if (const std::string near = closest(written.text(), known); !near.empty())
      hint = "did you mean '" + near + "'?";
  }
  context.report(written.where(), text("is ", shown, ", must be ", rule.words), hint);
}

// Of a list of components, which have rules of their own, a rule sees the length only.
Json typed_for_rules(const FieldInfo& field, const Value& value, const void* params) {
  const bool holds_components = field.type.item && field.type.item->kind == TypeInfo::Kind::slot;
  if (holds_components && value.is_list()) return Json::List(value.items().size());
  return field.write(params);
}

void bind_field(const FieldInfo& field, const Value& value, void* params, BindContext& context) {
  const std::size_t before = context.problems.size();
  field.read(value, params, context);
  for (std::size_t i = before; i < context.problems.size(); ++i) {
    if (context.problems[i].hint.empty()) context.problems[i].hint = field_hint(field);
  }
  if (context.problems.size() != before || (field.type.is_optional && value.is_null())) return;
  if (field.rules.empty()) return;
  const Json typed = typed_for_rules(field, value, params);
  for (const Rule& rule : field.rules) check_rule(rule, typed, value, field, context);
}

struct Match {
  const FieldInfo* field;
  void* params;
};

std::optional<Match> find_field(const std::vector<Part>& parts, std::string_view key) {
  for (const Part& part : parts) {
    for (const FieldInfo& field : part.schema->fields) {
      const bool is_old =
          std::find(field.old_names.begin(), field.old_names.end(), key) != field.old_names.end();
      if (field.key == key || is_old) return Match{&field, part.params};
    }
  }
  return std::nullopt;
}

std::vector<std::string> known_keys(const std::vector<Part>& parts) {
  std::vector<std::string> keys;
  for (const Part& part : parts) {
    for (std::string& key : part.schema->keys()) keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

void bind_fields(const Value& map, const std::vector<Part>& parts, const std::vector<std::string>& reserved,
                 BindContext& context) {
  const std::size_t before = context.problems.size();
  std::vector<const FieldInfo*> seen;
  seen.reserve(map.entries().size());
  BindContext inner{context.registry, context.problems, context.below("")};
  const std::size_t stem = inner.path.size();
  for (const Value::Entry& entry : map.entries()) {
    if (std::find(reserved.begin(), reserved.end(), entry.key) != reserved.end()) continue;
    inner.path.replace(stem, std::string::npos, entry.key);
    const std::optional<Match> match = find_field(parts, entry.key);
    if (!match) {
      inner.path = context.below(printable(entry.key));
      inner.report(entry.key_where, ": unknown key", suggest(entry.key, known_keys(parts)));
      continue;
    }
    const FieldInfo& field = *match->field;
    if (std::find(seen.begin(), seen.end(), &field) != seen.end()) {
      inner.report(entry.key_where, text("is another name of ", field.key, ", which is given too"),
                   "keep one");
      continue;
    }
    seen.push_back(&field);
    if (entry.key != field.key) {
      Problem warning{entry.key_where, inner.path, text("is now called ", field.key),
                      "rename it; the old name still works"};
      warning.is_warning = true;
      context.problems.push_back(std::move(warning));
    }
    bind_field(field, entry.value, match->params, inner);
  }
  for (const Part& part : parts) {
    for (const FieldInfo& field : part.schema->fields) {
      if (!field.is_required || std::find(seen.begin(), seen.end(), &field) != seen.end()) continue;
      inner.path.replace(stem, std::string::npos, field.key);
      inner.report(map.where(), "is missing", text("add `", field.key, ":`, ", field.doc));
    }
  }
  if (context.problems.size() != before) return;  // rules over several fields look at good fields only
  for (const Part& part : parts) {
    for (const CrossCheck& check : part.schema->checks) {
      if (!check.holds(part.params))
        context.report(map.where(), text(": it must hold that ", check.words), "change one of them");
    }
    for (const auto& look : part.schema->deep_checks) look(map, part.params, context);
  }
}

Attribute unit(std::string text) {
  return {[text = std::move(text)](FieldInfo& field) { field.unit = text; }};
}
Attribute since(std::string version) {
  return {[version = std::move(version)](FieldInfo& field) { field.since = version; }};
}
Attribute was(std::string old_name) {
  return {[old_name = std::move(old_name)](FieldInfo& field) { field.old_names.push_back(old_name); }};
}
Value to_value(const Json& json, const Where& where) {
  if (json.is_null()) return Value::null(where);
  if (json.is_boolean()) return Value::scalar(json.boolean() ? "true" : "false", false, where);
  if (json.is_integer()) return Value::scalar(text(json.integer()), false, where);
  if (json.is_real()) {
    const double value = json.real();
    const std::string plain = number_text(value);
    const bool is_special = plain.find_first_of("ni") != std::string::npos;
    return Value::scalar(!is_special ? plain : plain[0] == '-' ? "-.inf" : "." + plain, false, where);
  }
  if (json.is_text()) return Value::scalar(json.text(), true, where);
  if (json.is_list()) {
    Value::List items;
    for (const Json& item : json.items()) items.push_back(to_value(item, where));
    return Value::list(std::move(items), where);
  }
  Value::Map entries;
  for (const auto& [key, value] : json.entries()) entries.push_back({key, where, to_value(value, where)});
  return Value::map(std::move(entries), where);
}

}  // namespace assay
