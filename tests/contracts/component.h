// One component, as the family suites are given it. Those of a plugin from elsewhere go through the same
// suites (plugin_suites.cpp).
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "registry/contracts/families.h"
#include "registry/implementations.h"

namespace assay::testing {

struct Component {
  const Registry* registry = nullptr;
  const Implementations* parts = nullptr;
  const ComponentInfo* info = nullptr;
  /// Of a plugin's component, how it is called: {config: {...}, input: [3, 4]}. Of what ships, the suites
  /// know.
  Json sample = Json::map();

  /// Parameters with those of the sample that they leave open.
  Json with_sample(Json parameters) const {
    const Json* config = sample.find("config");
    if (config == nullptr) return parameters;
    for (const auto& [key, value] : config->entries()) {
      if (parameters.find(key) == nullptr) parameters.set(key, value);
    }
    return parameters;
  }
  /// Binds it with the parameters of `json`, a map without `type`.
  template <class T>
  Slot<T> bind(const std::string& json = "{}") const {
    Json map = with_sample(parse_json(json, "test"));
    map.set("type", info->name);
    return registry->bind<T>(to_value(map, Where::argument(1, "test")), info->family);
  }
  template <class T>
  std::unique_ptr<T> build(const typename T::Needs& needs = {}) const {
    return parts->build(bind<T>(), needs);
  }
};

inline std::vector<Component> components_of(const Registry& registry, const Implementations& parts,
                                            std::string_view family) {
  std::vector<Component> out;
  for (const ComponentInfo* info : registry.list(family))
    out.push_back({&registry, &parts, info, Json::map()});
  return out;
}

inline void PrintTo(const Component& component, std::ostream* out) {
  *out << component.info->family << ' ' << component.info->name;
}

/// For INSTANTIATE_TEST_SUITE_P: `optimizer/adamw` is called `optimizer_adamw`.
inline std::string component_name(const ::testing::TestParamInfo<Component>& info) {
  std::string name = info.param.info->family + "_" + info.param.info->name;
  for (char& c : name) c = c == '/' ? '_' : c;
  return name;
}

}  // namespace assay::testing
