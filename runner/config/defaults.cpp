#include "runner/config/defaults.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/text.h"
#include "registry/contracts/experiment.h"
#include "runner/config/guide.h"
#include "runner/config/interpolate.h"
#include "runner/config/merge.h"

namespace assay {
namespace {

bool is_absent(const Value* value) { return !value || value->is_null(); }

// `valid` alone carves from the data set's own split; with train or test the map is a split of its own.
bool gives_shares(const Value& split) { return split.find("train") || split.find("test"); }

// A run's name is a folder's name; a file may be called anything.
std::string name_of(const std::string& file) {
  std::string name = std::filesystem::path(file).stem().string();
  for (char& c : name) {
    const bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                         c == '.' || c == '-' || c == '_';
    if (!is_fine) c = '-';
  }
  name.erase(0, name.find_first_not_of(".-"));
  return name.empty() ? "run" : name.substr(0, 100);
}

void imply_name(Value& config, const std::string& file) {
  if (!is_absent(config.find("name"))) return;
  config.set("name", Value::scalar(name_of(file), true, Where::implied("the file's name")));
}

void imply_loss(Value& config, const TaskDefaults& defaults, const Where& where, const Guide& root) {
  if (defaults.loss.empty()) return;
  Value implied = Value::scalar(defaults.loss, false, where);
  Value* written = config.find("loss");
  if (is_absent(written)) {
    config.set("loss", std::move(implied));
  } else if (written->is_map() && !written->find("type")) {
    merge(implied, std::move(*written), root.below("loss", config));
    *written = std::move(implied);
  }
}

void imply_metrics(Value& config, const TaskDefaults& defaults, const Where& where) {
  if (config.find("metrics") || defaults.metrics.empty()) return;
  Value::List items;
  for (const std::string& name : defaults.metrics) items.push_back(Value::scalar(name, false, where));
  config.set("metrics", Value::list(std::move(items), where));
}

void imply_split(Value& config, const DatasetOutline& outline, const Guide& root) {
  const Guide slot = root.below("dataset", config);
  Value& dataset = *config.find("dataset");
  if (dataset.is_scalar()) dataset = slot.as_map(dataset);
  Value implied = to_value(outline.split, Where::implied("dataset " + slot.component_name(dataset)));
  Value* written = dataset.find("split");
  if (is_absent(written)) {
    dataset.set("split", std::move(implied));
  } else if (written->is_map() && !written->find("type") && !gives_shares(*written)) {
    merge(implied, std::move(*written), slot.below("split", dataset));
    *written = std::move(implied);
  }
}

bool holds_any_expression(const Value& node) {
  if (node.is_scalar()) return node.text().find("$(") != std::string::npos;
  if (node.is_list()) return std::any_of(node.items().begin(), node.items().end(), holds_any_expression);
  if (!node.is_map()) return false;
  return std::any_of(node.entries().begin(), node.entries().end(),
                     [](const Value::Entry& entry) { return holds_any_expression(entry.value); });
}

// A data set without what it shares with its family: that depends on the outline, or may be wrong without
// hiding it. Nothing if there is none.
std::optional<Value> own_parameters(const Value& config, const Registry& registry) {
  const Value* dataset = config.find("dataset");
  if (is_absent(dataset)) return std::nullopt;
  const Guide slot = Guide::experiment(registry).below("dataset", config);
  Value own = slot.as_map(*dataset);
  const ComponentInfo* component = registry.find(DatasetFamily::name, slot.component_name(own));
  if (!component) return holds_any_expression(own) ? std::optional(std::move(own)) : std::nullopt;
  std::erase_if(own.entries(), [&](const Value::Entry& entry) {
    return entry.key != "type" && !component->schema->find(entry.key);
  });
  fill_defaults(own, *component->schema, registry, component->name);
  return own;
}

// With the values of its expressions, which may need all of the config.
std::optional<Value> interpolated_parameters(const Value& config, const Registry& registry) {
  std::vector<Problem> problems;
  Value filled = config;
  fill_defaults(filled, schema_of<Experiment>(), registry, "experiment");
  interpolate(filled, "dataset", problems);
  return problems.empty() ? own_parameters(filled, registry) : std::nullopt;
}

}  // namespace

std::optional<DatasetOutline> outline_of(const Value& config, const Registry& registry) {
  std::optional<Value> own = own_parameters(config, registry);
  if (own && holds_any_expression(*own)) own = interpolated_parameters(config, registry);
  if (!own) return std::nullopt;
  std::vector<Problem> ignored;
  SlotBase slot;
  BindContext context{registry, ignored, "dataset"};
  if (!registry.bind_slot(*own, DatasetFamily::name, slot, context)) return std::nullopt;
  const auto* facet = std::any_cast<DatasetFacet>(&slot.component().facet);
  if (!facet) return std::nullopt;
  return facet->outline(slot.params());
}

void fill_implied(Value& config, const std::string& file, const std::optional<DatasetOutline>& outline,
                  const Registry& registry) {
  imply_name(config, file);
  if (!outline) return;
  const Guide root = Guide::experiment(registry);
  const Where where = Where::implied(text("task ", to_string(outline->task)));
  const TaskDefaults defaults = defaults_of(outline->task);
  imply_loss(config, defaults, where, root);
  imply_metrics(config, defaults, where);
  if (!outline->split.is_null()) imply_split(config, *outline, root);
}

}  // namespace assay
