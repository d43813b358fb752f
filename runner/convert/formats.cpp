#include "runner/convert/formats.h"

#include <algorithm>
#include <any>
#include <vector>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "registry/registry.h"

namespace assay::convert {
namespace {

const WeightsFacet& facet_of(const ComponentInfo& component) {
  const auto* facet = std::any_cast<WeightsFacet>(&component.facet);
  ASSAY_ASSERT(facet != nullptr);
  return *facet;
}

/// ".npz (npz), .pt, .pth (pt)"
std::string known_endings(const Registry& registry, bool is_written) {
  std::vector<std::string> words;
  for (const ComponentInfo* component : registry.list("weights")) {
    const WeightsFacet& facet = facet_of(*component);
    if (is_written && !facet.is_written) continue;
    words.push_back(text(join(facet.endings, ", "), " (", component->name, ')'));
  }
  return join(words, ", ");
}

std::string name_said(const FormatRequest& request, const Registry& registry) {
  if (!request.format.empty()) return request.format;
  if (is_folder(request.path)) return "run";
  const std::string name = name_by_ending(request.path, registry);
  if (!name.empty()) return name;
  throw Error(Kind::usage, Problem{Where::path(request.path),
                                   {},
                                   "has an ending that says nothing of its format",
                                   text(request.is_written ? "--to" : "--from", " names the format; known: ",
                                        known_endings(registry, request.is_written))});
}

}  // namespace

std::string name_by_ending(const std::string& path, const Registry& registry) {
  std::string name;
  std::size_t longest = 0;
  for (const ComponentInfo* component : registry.list("weights")) {
    for (const std::string& ending : facet_of(*component).endings) {
      if (!path.ends_with(ending) || ending.size() <= longest) continue;
      longest = ending.size();
      name = component->name;
    }
  }
  return name;
}

std::string format_name(const FormatRequest& request, const Registry& registry) {
  std::string name = name_said(request, registry);
  const ComponentInfo* component = registry.find("weights", name);
  if (component == nullptr) {
    throw Error(Kind::usage, text("'", printable(name), "' is no format of weights"),
                suggest(name, registry.names("weights")));
  }
  if (request.is_written && !facet_of(*component).is_written) {
    throw Error(Kind::usage, text(name, " is only read"), "can be written: " + known_endings(registry, true));
  }
  return name;
}

Format open_format(const FormatRequest& request, const Registry& registry, const Implementations& parts) {
  const std::string name = format_name(request, registry);
  Json config = request.parameters;
  config.set("type", name);
  config.set("file", request.path);
  const Slot<Weights> slot = registry.bind<Weights>(to_value(config, {}), "weights");
  return {name, parts.build(slot, {})};
}

}  // namespace assay::convert
