#include "runner/config/sweep_expressions.h"

#include <algorithm>

namespace assay {
namespace {

using Nodes = std::set<const Value*>;

// The kind that a map is of, or null if it is no entry of a space.
const Value::Entry* kind_of(const Value& node) {
  if (!node.is_map()) return nullptr;
  for (const Value::Entry& entry : node.entries()) {
    const std::vector<std::string>& kinds = space_kinds();
    if (std::find(kinds.begin(), kinds.end(), entry.key) != kinds.end()) return &entry;
  }
  return nullptr;
}

void add_scalars(const Value& node, Nodes& out);

// Of an entry of a space, at the top or within a choice.
void add_choices(const Value::Entry& kind, Nodes& out) {
  if (kind.key == "choice" && kind.value.is_list()) add_scalars(kind.value, out);
}

void add_scalars(const Value& node, Nodes& out) {
  if (const Value::Entry* kind = kind_of(node)) return add_choices(*kind, out);
  if (node.is_scalar()) out.insert(&node);
  if (node.is_list()) {
    for (const Value& item : node.items()) add_scalars(item, out);
  } else if (node.is_map()) {
    for (const Value::Entry& entry : node.entries()) add_scalars(entry.value, out);
  }
}

void add_space(const Value* space, Nodes& out) {
  if (!space || !space->is_map()) return;
  for (const Value::Entry& entry : space->entries()) {
    if (const Value::Entry* kind = kind_of(entry.value)) {
      add_choices(*kind, out);
    } else {
      add_space(&entry.value, out);
    }
  }
}

// Maps of lists; a list that is one expression is not a row's.
void add_rows(const Value* node, Nodes& out) {
  if (!node || node->is_scalar()) return;
  if (node->is_list()) {
    for (const Value& item : node->items()) add_scalars(item, out);
  } else if (node->is_map()) {
    for (const Value::Entry& entry : node->entries()) add_rows(&entry.value, out);
  }
}

}  // namespace

const std::vector<std::string>& space_kinds() {
  static const std::vector<std::string> kinds = {"choice",  "uniform",     "loguniform",
                                                 "integer", "log_integer", "range"};
  return kinds;
}

std::set<const Value*> trial_expressions(const Value& config) {
  Nodes out;
  const Value* sweep = config.find("sweep");
  if (!sweep || !sweep->is_map()) return out;
  add_space(sweep->find("space"), out);
  add_space(sweep->find("per"), out);
  if (const Value* zip = sweep->find("zip"); zip && zip->is_list()) {
    for (const Value& group : zip->items()) add_rows(&group, out);
  } else {
    add_rows(zip, out);
  }
  add_rows(sweep->find("list"), out);
  add_rows(sweep->find("enqueue"), out);
  if (const Value* refit = sweep->find("refit"); refit && refit->is_map()) add_scalars(*refit, out);
  return out;
}

}  // namespace assay
