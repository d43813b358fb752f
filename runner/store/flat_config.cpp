#include "runner/store/flat_config.h"

#include <algorithm>

#include "core/text.h"

namespace assay::store {
namespace {

bool holds_maps(const Json& list) {
  return std::any_of(list.items().begin(), list.items().end(),
                     [](const Json& item) { return item.is_map(); });
}

void flatten_into(const Json& value, const std::string& key, FlatConfig& out) {
  const auto below = [&](std::string_view name) {
    return key.empty() ? std::string(name) : text(key, '.', name);
  };
  if (value.is_map() && !value.entries().empty()) {
    for (const auto& [name, entry] : value.entries()) flatten_into(entry, below(name), out);
  } else if (value.is_list() && holds_maps(value)) {
    for (std::size_t i = 0; i < value.items().size(); ++i)
      flatten_into(value.items()[i], below(text(i)), out);
  } else {
    out.emplace_back(key, value);
  }
}

}  // namespace

FlatConfig flatten(const Json& config) {
  FlatConfig out;
  if (config.is_map() && !config.entries().empty()) flatten_into(config, "", out);
  return out;
}

}  // namespace assay::store
