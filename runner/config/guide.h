// What the declarations say about a place in a config: walks down from the root beside the values. It tells a
// slot from a plain map, so that merging, presets and overrides know where `type` decides.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "registry/registry.h"

namespace assay {

class Guide {
 public:
  /// The root of an experiment's config.
  static Guide experiment(const Registry& registry);

  /// False below a key that nothing declares.
  bool is_known() const { return schema_ || type_; }
  bool is_slot() const { return type_ && type_->kind == TypeInfo::Kind::slot; }
  bool is_list() const { return type_ && type_->kind == TypeInfo::Kind::list; }
  /// What a scalar must be here ("a whole number"); empty where keys or items may follow, and for what is
  /// unknown.
  std::string scalar_words() const;
  /// Slots only.
  const std::string& family() const { return type_->family; }
  const Registry& registry() const { return *registry_; }
  /// What was declared here, or null for the root, for items of lists and for what is unknown.
  const FieldInfo* field() const { return field_; }

  /// The place under a key or an index of `node`, which is the value at this place: in a slot, its `type`
  /// decides.
  Guide below(std::string_view key, const Value& node) const;

  class Children;
  /// below() for a walk over the keys of one node.
  Children children(const Value& node) const;

  /// Slots only: the name of the component that `node` asks for, empty if it names none.
  std::string component_name(const Value& node) const;
  /// Slots only: `node` as a map with `type` where it is a short form; else unchanged.
  Value as_map(const Value& node) const;
  /// The keys that may stand in `node`, as far as that is declared.
  std::vector<std::string> known_keys(const Value& node) const;

 private:
  Guide(const Registry& registry, const Schema* schema) : registry_(&registry), schema_(schema) {}
  Guide(const Registry& registry, const TypeInfo* type, const FieldInfo* field)
      : registry_(&registry), type_(type), field_(field) {}
  using Schemas = std::array<const Schema*, 2>;  // a component's own and its family's; null for none
  Schemas schemas(const Value& node) const;

  const Registry* registry_;
  const Schema* schema_ = nullptr;  // at the root
  const TypeInfo* type_ = nullptr;
  const FieldInfo* field_ = nullptr;
};

class Guide::Children {
 public:
  Guide operator()(std::string_view key) const;
  /// Of a slot: false if its name is no component's.
  bool are_declared() const { return item_ || schemas_[0]; }

 private:
  friend class Guide;
  Children(const Registry& registry, const TypeInfo* item, const Schemas& schemas)
      : registry_(&registry), item_(item), schemas_(schemas) {}

  const Registry* registry_;
  const TypeInfo* item_;  // of lists and maps; null for what has named fields
  Schemas schemas_;
};

}  // namespace assay
