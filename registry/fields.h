// Declares the parameters of a component, once. Member initialisers are the defaults; `describe` gives key,
// doc, rules.
//
//   struct MlpParams {
//     std::vector<std::int64_t> hidden{128, 128};
//     double dropout = 0.0;
//
//     static void describe(Fields<MlpParams>& f) {
//       f.about("Fully connected network: a ReLU and a dropout after every hidden layer.");
//       f("hidden",  &MlpParams::hidden,  "units in each hidden layer", each(at_least(1)));
//       f("dropout", &MlpParams::dropout, "chance that a hidden unit is zeroed", fraction());
//     }
//   };
//
// Types a field may have: bool, std::int64_t, double, std::string, Duration, Durations, Share, Path, Secret
// (registry/secret.h), Json (anything), Slot<T>, a struct with its own describe (a section), std::optional,
// std::vector and std::map<std::string, ...> of these.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <type_traits>
#include <vector>

#include "registry/schema.h"
#include "registry/slot.h"
#include "registry/units.h"

namespace assay {

template <class P>
class Fields {
 public:
  explicit Fields(Schema& schema) : schema_(schema) {}

  void about(std::string text) { schema_.about = std::move(text); }
  /// Paper or reference page.
  void source(std::string text) { schema_.source = std::move(text); }

  template <class M, class... Attributes>
  void operator()(std::string_view key, M P::*member, std::string_view doc, const Attributes&... attributes);

  /// A rule over several fields: `words` state what must hold.
  void check(std::string words, bool (*holds)(const P&)) {
    schema_.checks.push_back(
        {std::move(words), [holds](const void* params) { return holds(*static_cast<const P*>(params)); }});
  }
  /// As above, for what has places of its own.
  void deep_check(std::function<void(const Value& map, const P&, BindContext&)> look) {
    schema_.deep_checks.push_back(
        [look = std::move(look)](const Value& map, const void* params, BindContext& context) {
          look(map, *static_cast<const P*>(params), context);
        });
  }

 private:
  static void apply(FieldInfo& field, const Rule& rule) { field.rules.push_back(rule); }
  static void apply(FieldInfo& field, Rule (*rule)()) { field.rules.push_back(rule()); }
  static void apply(FieldInfo& field, const Attribute& attribute) { attribute.apply(field); }
  static void apply(FieldInfo& field, Flag flag) { flag(field); }

  Schema& schema_;
  P defaults_{};
};

template <class P>
concept Described = requires(Fields<P>& f) {
  P::describe(f);
};

/// The schema of a described struct; made on first use, constant afterwards.
template <Described P>
const Schema& schema_of() {
  static const Schema schema = [] {
    Schema made;
    Fields<P> fields(made);
    P::describe(fields);
    return made;
  }();
  return schema;
}

// ---- How each type is read and written. `read` reports and returns false on failure.

bool read_scalar(const Value& value, bool& out, BindContext& context);
bool read_scalar(const Value& value, std::int64_t& out, BindContext& context);
bool read_scalar(const Value& value, double& out, BindContext& context);
bool read_scalar(const Value& value, std::string& out, BindContext& context);
bool read_scalar(const Value& value, Duration& out, BindContext& context);
bool read_scalar(const Value& value, Share& out, BindContext& context);
bool read_scalar(const Value& value, Path& out, BindContext& context);
bool read_durations(const Value& value, Durations& out, BindContext& context);
/// Binds a slot of a family; false if a problem was reported.
bool read_slot(const Value& value, std::string_view family, SlotBase& out, BindContext& context);
/// Reports that `value` is not what `type` says.
void report_type(const Value& value, const TypeInfo& type, BindContext& context);

template <class T>
struct Codec;

template <class T>
concept PlainScalar = std::same_as<T, bool> || std::same_as<T, std::int64_t> || std::same_as<T, double> ||
    std::same_as<T, std::string> || std::same_as<T, Duration> || std::same_as<T, Share> ||
    std::same_as<T, Path>;

template <PlainScalar T>
struct Codec<T> {
  static TypeInfo type() {
    if constexpr (std::same_as<T, bool>) return {TypeInfo::Kind::boolean};
    if constexpr (std::same_as<T, std::int64_t>) return {TypeInfo::Kind::integer};
    if constexpr (std::same_as<T, double>) return {TypeInfo::Kind::real};
    if constexpr (std::same_as<T, std::string>) return {TypeInfo::Kind::text};
    if constexpr (std::same_as<T, Duration>) return {TypeInfo::Kind::duration};
    if constexpr (std::same_as<T, Share>) return {TypeInfo::Kind::share};
    if constexpr (std::same_as<T, Path>) return {TypeInfo::Kind::path};
  }
  static bool read(const Value& value, T& out, BindContext& context) {
    return read_scalar(value, out, context);
  }
  static Json write(const T& value) {
    if constexpr (std::same_as<T, Duration> || std::same_as<T, Share>) {
      return to_string(value);
    } else if constexpr (std::same_as<T, Path>) {
      return value.is_set() ? Json(value.text) : Json();
    } else {
      return value;
    }
  }
};

template <>
struct Codec<Durations> {
  static TypeInfo type() { return {TypeInfo::Kind::durations}; }
  static bool read(const Value& value, Durations& out, BindContext& context) {
    return read_durations(value, out, context);
  }
  static Json write(const Durations& value) {
    if (value.items.size() == 1) return to_string(value.items.front());
    Json list = Json::list();
    for (const Duration& item : value.items) list.push(to_string(item));
    return list;
  }
};

template <>
struct Codec<Json> {
  static TypeInfo type() { return {TypeInfo::Kind::any}; }
  static bool read(const Value& value, Json& out, BindContext&) {
    out = to_json(value);
    return true;
  }
  static Json write(const Json& value) { return value; }
};

template <class T>
struct Codec<Slot<T>> {
  static TypeInfo type() { return {TypeInfo::Kind::slot, std::string(FamilyOf<T>::type::name)}; }
  static bool read(const Value& value, Slot<T>& out, BindContext& context) {
    return read_slot(value, FamilyOf<T>::type::name, out, context);
  }
  static Json write(const Slot<T>& value) { return value.to_json(); }
};

template <Described T>
struct Codec<T> {
  static TypeInfo type() {
    TypeInfo info{TypeInfo::Kind::section};
    info.section = +[] { return &schema_of<T>(); };
    return info;
  }
  static bool read(const Value& value, T& out, BindContext& context) {
    if (!value.is_map()) {
      report_type(value, type(), context);
      return false;
    }
    const std::size_t before = context.problems.size();
    bind_fields(value, {{&schema_of<T>(), &out}}, {}, context);
    return context.problems.size() == before;
  }
  static Json write(const T& value) { return schema_of<T>().write(&value); }
};

template <class T>
struct Codec<std::optional<T>> {
  static TypeInfo type() {
    TypeInfo info = Codec<T>::type();
    info.is_optional = true;
    return info;
  }
  static bool read(const Value& value, std::optional<T>& out, BindContext& context) {
    if (value.is_null()) {
      out.reset();
      return true;
    }
    T item{};
    if (!Codec<T>::read(value, item, context)) return false;
    out = std::move(item);
    return true;
  }
  static Json write(const std::optional<T>& value) { return value ? Codec<T>::write(*value) : Json(); }
};

template <class T>
struct Codec<std::vector<T>> {
  static TypeInfo type() {
    return {TypeInfo::Kind::list, {}, std::make_shared<const TypeInfo>(Codec<T>::type())};
  }
  static bool read(const Value& value, std::vector<T>& out, BindContext& context) {
    if (!value.is_list()) {
      report_type(value, type(), context);
      return false;
    }
    out.clear();
    bool is_good = true;
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      T item{};
      BindContext inner{context.registry, context.problems, context.below(std::to_string(i))};
      is_good = Codec<T>::read(value.items()[i], item, inner) && is_good;
      out.push_back(std::move(item));
    }
    return is_good;
  }
  static Json write(const std::vector<T>& value) {
    Json list = Json::list();
    for (const auto& item : value) list.push(Codec<T>::write(item));
    return list;
  }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  static TypeInfo type() {
    return {TypeInfo::Kind::map, {}, std::make_shared<const TypeInfo>(Codec<T>::type())};
  }
  static bool read(const Value& value, std::map<std::string, T>& out, BindContext& context) {
    if (!value.is_map()) {
      report_type(value, type(), context);
      return false;
    }
    out.clear();
    bool is_good = true;
    for (const Value::Entry& entry : value.entries()) {
      T item{};
      BindContext inner{context.registry, context.problems, context.below(entry.key)};
      is_good = Codec<T>::read(entry.value, item, inner) && is_good;
      out.insert_or_assign(entry.key, std::move(item));
    }
    return is_good;
  }
  static Json write(const std::map<std::string, T>& value) {
    Json map = Json::map();
    for (const auto& [key, item] : value) map.set(key, Codec<T>::write(item));
    return map;
  }
};

/// Reads, writes and copies a member that lies `offset` bytes into its struct. Of the type of the member
/// alone: compiled once a type, not once a parameter.
template <class M>
FieldInfo field_at(std::ptrdiff_t offset, const M& default_value) {
  FieldInfo field;
  field.type = Codec<M>::type();
  field.default_value = Codec<M>::write(default_value);
  field.is_not_identity = std::same_as<M, Path>;
  field.read = [offset](const Value& value, void* params, BindContext& context) {
    Codec<M>::read(value, *reinterpret_cast<M*>(static_cast<std::byte*>(params) + offset), context);
  };
  field.write = [offset](const void* params) {
    return Codec<M>::write(*reinterpret_cast<const M*>(static_cast<const std::byte*>(params) + offset));
  };
  field.copy = [offset](const void* from, void* to) {
    *reinterpret_cast<M*>(static_cast<std::byte*>(to) + offset) =
        *reinterpret_cast<const M*>(static_cast<const std::byte*>(from) + offset);
  };
  return field;
}

template <class P>
template <class M, class... Attributes>
void Fields<P>::operator()(std::string_view key, M P::*member, std::string_view doc,
                           const Attributes&... attributes) {
  const auto* whole = reinterpret_cast<const std::byte*>(&defaults_);
  const auto* part = reinterpret_cast<const std::byte*>(&(defaults_.*member));
  FieldInfo field = field_at(part - whole, defaults_.*member);
  field.key = key;
  field.doc = doc;
  (apply(field, attributes), ...);
  if (field.is_required) field.default_value = Json();
  schema_.fields.push_back(std::move(field));
}

}  // namespace assay
