// Binds a slot from JSON text, for tests: bound<Split>(R"({"type": "fractions", "valid": "20%"})").
#pragma once

#include <string>
#include <string_view>

#include "core/io/json_text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/families.h"
#include "registry/contracts/schedule.h"
#include "registry/contracts/split.h"
#include "registry/contracts/transform.h"

namespace assay::testing {

/// Slots point into their registry, so one is kept for the whole program.
inline const Registry& shipped_registry() {
  static const Registry registry = builtin_registry();
  return registry;
}

inline const Implementations& shipped_parts() {
  static const Implementations parts = builtin_implementations();
  return parts;
}

/// Throws Kind::config with every problem found.
template <class T>
Slot<T> bound(std::string_view json, const std::string& path = std::string(FamilyOf<T>::type::name)) {
  return shipped_registry().bind<T>(to_value(parse_json(json, "test"), Where::argument(1, "test")), path);
}

template <class T>
std::unique_ptr<T> built(std::string_view json, const typename T::Needs& needs = {}) {
  return shipped_parts().build(bound<T>(json), needs);
}

}  // namespace assay::testing
