#include "runner/config/interpolate.h"

#include "core/text.h"

namespace assay {
namespace {

void refuse_expressions(const Value& node, const std::string& path, std::vector<Problem>& problems) {
  const auto below = [&](std::string_view key) { return path.empty() ? std::string(key) : text(path, '.', key); };
  if (node.is_map()) {
    for (const Value::Entry& entry : node.entries()) refuse_expressions(entry.value, below(entry.key), problems);
  } else if (node.is_list()) {
    for (std::size_t i = 0; i < node.items().size(); ++i) refuse_expressions(node.items()[i], below(text(i)), problems);
  } else if (node.is_scalar() && node.text().find("$(") != std::string::npos) {
    problems.push_back({node.where(), path, text("is ", node.kind_text(), ": expressions are not there yet"), "write the value"});
  }
}

}  // namespace

void interpolate(Value& config, const std::string& path, std::vector<Problem>& problems) {
  if (const Value* node = config.find_path(path)) refuse_expressions(*node, path, problems);
}

}  // namespace assay
