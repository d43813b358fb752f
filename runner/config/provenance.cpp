#include "runner/config/provenance.h"

#include <utility>
#include <vector>

#include "core/text.h"

namespace assay {
namespace {

void add_leaves(const Value& node, const std::string& path, Json::Map& out) {
  const auto below = [&](std::string_view key) {
    return path.empty() ? std::string(key) : text(path, '.', key);
  };
  if (node.is_map() && !node.entries().empty()) {
    for (const Value::Entry& entry : node.entries()) add_leaves(entry.value, below(entry.key), out);
  } else if (node.is_list() && !node.items().empty()) {
    for (std::size_t i = 0; i < node.items().size(); ++i) add_leaves(node.items()[i], below(text(i)), out);
  } else {
    out.emplace_back(path, to_string(node.where()));
  }
}

}  // namespace

Json provenance_of(const Value& config) {
  Json::Map leaves;
  add_leaves(config, {}, leaves);
  return leaves;
}

Error placed(const Error& error, const Value& config) {
  std::vector<Problem> problems = error.problems();
  for (Problem& problem : problems) {
    if (problem.where.is_known() || problem.path.empty()) continue;
    const Value* written = config.find_path(problem.path);
    problem.where = written ? written->where() : config.where();
  }
  return Error(error.kind(), std::move(problems));
}

}  // namespace assay
