// A place in a config that holds a component: its name and its bound parameters. `Slot<T>` needs T only
// declared, so headers with slots stay free of tensors.
//
//   struct Params { Slot<Schedule> schedule = "constant"; std::vector<Slot<Layer>> layers; };
//
// A default slot holds a name only; binding gives it parameters.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/json.h"
#include "core/where.h"

namespace assay {

struct ComponentInfo;

/// Specialised in registry/contracts/families.h: `using type = ModelFamily;`.
template <class T>
struct FamilyOf;

/// The part of a slot that does not depend on its family.
class SlotBase {
 public:
  SlotBase() = default;
  explicit SlotBase(std::string name) : name_(std::move(name)) {}

  bool is_empty() const { return name_.empty(); }
  bool is_bound() const { return component_ != nullptr; }
  const std::string& name() const { return name_; }
  const Where& where() const { return where_; }
  const std::string& path() const { return path_; }
  /// Bound slots only.
  const ComponentInfo& component() const {
    ASSAY_ASSERT(component_ != nullptr);
    return *component_;
  }
  const void* params() const { return params_.get(); }
  const void* common() const { return common_.get(); }
  /// `{type: NAME, param: ...}` with every parameter; null if empty, the bare name if not bound.
  Json to_json() const;

 protected:
  friend class Registry;
  std::string name_;
  std::string path_;  // dotted, as `model.layers.2`
  Where where_;
  const ComponentInfo* component_ = nullptr;
  std::shared_ptr<const void> params_;
  std::shared_ptr<const void> common_;
};

template <class T>
class Slot : public SlotBase {
 public:
  Slot() = default;
  Slot(const char* name) : SlotBase(name) {}
  explicit Slot(SlotBase base) : SlotBase(std::move(base)) {}

  /// The family's common parameters (as a data set's `split`). Bound slots only.
  template <class F = FamilyOf<T>>
  const typename F::type::Common& shared() const {
    ASSAY_ASSERT(common() != nullptr);
    return *static_cast<const typename F::type::Common*>(common());
  }
};

}  // namespace assay
