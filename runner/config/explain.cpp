#include "runner/config/explain.h"

#include <map>

#include "runner/config/place.h"

namespace assay {
namespace {

void add(const ConfigPlace& place, std::vector<Explanation>& out) {
  if (place.is_leaf()) {
    out.push_back({place.path, *place.value, place.where(), place.field});
  } else if (place.value->is_map()) {
    for (const auto& [key, child] : place.value->entries()) add(place.below(key, child), out);
  } else {
    const Json::List& items = place.value->items();
    for (std::size_t i = 0; i < items.size(); ++i) add(place.below(std::to_string(i), items[i]), out);
  }
}

}  // namespace

std::vector<Explanation> explain(const LoadedConfig& config, const Registry& registry) {
  std::vector<Explanation> out;
  add(ConfigPlace::root(config, registry), out);
  return out;
}

std::vector<Explanation> explain(const LoadedConfig& config, const LoadedConfig& before,
                                 const Registry& registry) {
  std::map<std::string, Explanation> old;
  for (Explanation& each : explain(before, registry)) old.emplace(each.path, each);
  std::vector<Explanation> out = explain(config, registry);
  for (Explanation& each : out) {
    const auto found = old.find(each.path);
    if (found == old.end()) continue;
    const Explanation& was = found->second;
    if (was.value == each.value && to_string(was.where) == to_string(each.where)) continue;
    each.replaced = Explanation::Replaced{was.value, was.where};
  }
  return out;
}

}  // namespace assay
