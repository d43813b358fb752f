// What is declared about parameters, with the types erased: the one source of validation, `describe`, the
// JSON Schema, the reference pages, completion, sweep ranges and the resolved config.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/json.h"
#include "core/value.h"
#include "registry/rules.h"

namespace assay {

class Registry;
struct Schema;

/// What travels along while a config is bound: problems are collected, never thrown.
struct BindContext {
  const Registry& registry;
  std::vector<Problem>& problems;
  std::string path;  // of the value being bound, dotted

  /// The path of a key below this one.
  std::string below(std::string_view key) const;
  /// Adds a problem at `where` about this path.
  void report(const Where& where, std::string message, std::string hint = {});
};

struct TypeInfo {
  enum class Kind {
    boolean,
    integer,
    real,
    text,
    path,
    secret,
    duration,
    durations,
    share,
    list,
    map,
    section,
    slot,
    any
  };
  Kind kind = Kind::any;
  std::string family = {};                    // of a slot
  std::shared_ptr<const TypeInfo> item = {};  // of a list or a map
  const Schema* (*section)() = nullptr;       // of a section
  bool is_optional = false;                   // null is allowed
  bool takes_one = false;                     // of a list: one item may stand without brackets

  /// "a number", "a list of integers", "a schedule": completes "must be ...".
  std::string words() const;
};

struct FieldInfo {
  std::string key;
  std::string doc;
  TypeInfo type;
  Json default_value;  // what the member initialiser says; null for required fields and empty slots
  std::vector<Rule> rules;
  std::string unit;
  std::string since;
  std::vector<std::string> old_names;  // was(...): still read, with a warning
  bool is_required = false;
  bool is_log_scale = false;     // a sweep draws in log space
  bool is_not_identity = false;  // does not enter the run's identity

  std::function<void(const Value&, void* params, BindContext&)> read;
  std::function<Json(const void* params)> write;
  std::function<void(const void* from, void* to)> copy;  // the value, to parameters of the same type
};

/// A rule over several fields.
struct CrossCheck {
  std::string words;  // what must hold: "warmup ends before steps"
  std::function<bool(const void* params)> holds;
};

struct Schema {
  std::string about;
  std::string source;  // paper or reference page, or empty
  std::vector<FieldInfo> fields;
  std::vector<CrossCheck> checks;
  /// Checks that find their own places; of parameters that are good one by one. map: what was bound.
  std::vector<std::function<void(const Value& map, const void* params, BindContext&)>> deep_checks;

  const FieldInfo* find(std::string_view key) const;
  std::vector<std::string> keys() const;
  Json write(const void* params) const;
};

/// A schema together with the object it fills.
struct Part {
  const Schema* schema;
  void* params;
};

/// Binds the keys of `map` to the fields of all parts; reports unknown keys, missing required fields and
/// broken rules. `reserved` keys (as `type`) are known but not bound.
void bind_fields(const Value& map, const std::vector<Part>& parts, const std::vector<std::string>& reserved,
                 BindContext& context);

/// Attributes of a field, beside rules: f("lr", &P::lr, "step size", positive(), log_scale).
struct Attribute {
  std::function<void(FieldInfo&)> apply;
};

Attribute unit(std::string text);
Attribute since(std::string version);
Attribute was(std::string old_name);
/// Attributes without an argument.
using Flag = void (*)(FieldInfo&);
inline constexpr Flag log_scale = [](FieldInfo& field) { field.is_log_scale = true; };
inline constexpr Flag required = [](FieldInfo& field) { field.is_required = true; };
inline constexpr Flag not_identity = [](FieldInfo& field) { field.is_not_identity = true; };

/// A Json as the config node that would have written it.
Value to_value(const Json& json, const Where& where);
/// A node of undeclared type by YAML 1.2's core schema: null, booleans, integers, reals, texts.
Json to_json(const Value& value);

}  // namespace assay
