#include "runner/config/explain.h"

#include <map>
#include <set>
#include <utility>

#include "registry/fields.h"
#include "runner/config/place.h"

namespace assay {
namespace {

using Chain = std::vector<Explanation::Replaced>;

class Explainer {
 public:
  Explainer(const LoadedConfig& config, const Registry& registry) : config_(config), registry_(registry) {}

  std::vector<Explanation> explain() {
    add(ConfigPlace::root(config_, registry_));
    return std::move(out_);
  }

 private:
  void add(const ConfigPlace& place) {
    const std::string key = place.path.substr(place.path.rfind('.') + 1);
    if (place.node) append(chain_of(key, place.node->where()));
    if (place.is_leaf()) {
      out_.push_back({place.path, *place.value, place.where(), place.field, std::exchange(replaced_, {}),
                      block_notes(place.path, config_.blocks)});
    } else if (place.value->is_map()) {
      for (const auto& [name, child] : place.value->entries()) add(place.below(name, child));
    } else {
      const Json::List& items = place.value->items();
      for (std::size_t i = 0; i < items.size(); ++i) add(place.below(std::to_string(i), items[i]));
    }
  }

  // What was replaced as a whole is told with the first value in what took its place.
  void append(Chain chain) {
    for (auto& each : chain) replaced_.push_back(std::move(each));
  }

  Chain chain_of(const std::string& key, const Where& now) const {
    Chain chain;
    std::set<std::string> seen = {to_string(now)};
    if (!config_.replaced) return chain;
    const Value* before = config_.replaced->find(key, now);
    while (before && seen.insert(to_string(before->where())).second) {
      chain.push_back({to_json(*before), before->where()});
      before = config_.replaced->find(key, before->where());
    }
    return chain;
  }

  const LoadedConfig& config_;
  const Registry& registry_;
  std::vector<Explanation> out_;
  Chain replaced_;
};

bool is_same(const Explanation& a, const Explanation& b) {
  return a.value == b.value && to_string(a.where) == to_string(b.where);
}

}  // namespace

std::vector<Explanation> explain(const LoadedConfig& config, const Registry& registry) {
  return Explainer(config, registry).explain();
}

std::vector<Explanation> explain(const LoadedConfig& config, const LoadedConfig& before,
                                 const Registry& registry) {
  std::map<std::string, Explanation> old;
  for (Explanation& each : explain(before, registry)) old.emplace(each.path, std::move(each));
  std::vector<Explanation> out = explain(config, registry);
  for (Explanation& each : out) {
    const auto found = old.find(each.path);
    if (found == old.end() || is_same(found->second, each)) continue;
    // What an override replaced as a whole is known already; else it had a value of its own.
    if (!each.replaced.empty() && each.where.kind == Where::Kind::argument) continue;
    each.replaced = found->second.replaced;
    each.replaced.insert(each.replaced.begin(), {found->second.value, found->second.where});
  }
  return out;
}

}  // namespace assay
