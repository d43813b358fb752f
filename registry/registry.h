// Names to components: what a config can say. The registry holds declarations only (parameters, rules,
// shapes: no LibTorch); what they do is in the second table, registry/implementations.h.
//
//   Registry registry = builtin_registry();
//   Slot<Optimizer> slot = registry.bind<Optimizer>(value, "optimizer");   // throws Error with every problem
//
// It is an object passed by reference, filled by explicit calls; a test makes its own with two fakes in it.
#pragma once

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "registry/fields.h"

namespace assay {

struct ComponentInfo {
  std::string family;
  std::string name;
  std::string plugin;  // who declared it: "models", or an out-of-tree plugin's name
  std::string plugin_version;
  const Schema* schema = nullptr;
  const Schema* common = nullptr;  // the family's shared parameters, or null
  std::function<std::shared_ptr<void>()> make_params;
  std::function<std::shared_ptr<void>()> make_common;
  /// What the family asks of a declaration beyond parameters: a layer's shape function, a data set's task
  /// (registry/contracts). Empty if nothing.
  std::any facet;

  std::vector<std::string> keys() const;  // own, then common
  const FieldInfo* find(std::string_view key) const;
};

/// How a slot of a family may be written beside `NAME` and `{type: NAME, ...}`.
struct FamilyInfo {
  std::string name;
  std::string plural;
  std::string about;
  std::string number_type;  // a bare number means {type: number_type, number_key: number}
  std::string number_key;
  std::string map_type;  // a map without `type` means this one
};

/// A shared library from outside of the tree whose components are declared (registry/plugin_loader.h).
struct PluginInfo {
  std::string name;
  std::string version;
  std::string file;  // absolute
};

/// For families without shared parameters.
struct NoCommon {};

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) noexcept;

  void add_family(FamilyInfo family);

  /// Declares component `name` with parameters P. Throws Kind::registry if the name is taken or is not
  /// snake_case.
  template <Described P, class Family>
  void declare(const Family&, std::string_view name) {
    ComponentInfo info;
    info.family = Family::name;
    info.name = name;
    info.schema = &schema_of<P>();
    info.make_params = [] { return std::make_shared<P>(); };
    if constexpr (!std::same_as<typename Family::Common, NoCommon>) {
      info.common = &schema_of<typename Family::Common>();
      info.make_common = [] { return std::make_shared<typename Family::Common>(); };
    }
    info.facet = Family::template facet<P>();
    add(std::move(info));
  }

  /// What is declared from here on belongs to this plugin of the tree.
  void set_plugin(std::string name, std::string version);
  /// What is declared from here on belongs to a plugin from outside, so that its names begin with `name/`.
  /// Throws Kind::plugin if another plugin has the name.
  void add_plugin(PluginInfo plugin);
  /// Those from outside, in the order in which they were added.
  const std::vector<PluginInfo>& plugins() const;

  const ComponentInfo* find(std::string_view family, std::string_view name) const;
  /// Sorted by name.
  std::vector<const ComponentInfo*> list(std::string_view family) const;
  std::vector<std::string> names(std::string_view family) const;
  /// Families in the order they were added.
  std::vector<const FamilyInfo*> families() const;
  const FamilyInfo* find_family(std::string_view name) const;

  /// Binds one slot. Throws Kind::config with every problem found.
  template <class T>
  Slot<T> bind(const Value& value, std::string path) const {
    std::vector<Problem> problems;
    BindContext context{*this, problems, std::move(path)};
    Slot<T> slot;
    bind_slot(value, FamilyOf<T>::type::name, slot, context);
    throw_if_any(Kind::config, problems);
    return slot;
  }

  /// As above, collecting; false if a problem was reported.
  bool bind_slot(const Value& value, std::string_view family, SlotBase& out, BindContext& context) const;

  /// `NAME`, a number or a map, as a map with `type` and its place; null (with a problem) if it is none of
  /// these. Does not look up the name.
  std::optional<Value> normal_slot(const Value& value, std::string_view family, BindContext& context) const;

 private:
  void add(ComponentInfo info);
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

/// Fills in what was not written: every field of every section and slot that has a default, recursively, with
/// Where::defaults. Slots become maps with `type`. What is wrong in the config is left as it is, for bind to
/// report.
void fill_defaults(Value& config, const Schema& schema, const Registry& registry, const std::string& owner);

}  // namespace assay
