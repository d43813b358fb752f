#include "runner/config/bind.h"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "core/text.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/families.h"
#include "registry/contracts/schedule.h"
#include "registry/contracts/series_names.h"
#include "runner/config/provenance.h"

namespace assay {
namespace {

// The checks between keys. Each looks only at what was bound without a problem.
class CrossChecks {
 public:
  CrossChecks(const Value& config, const Experiment& experiment, std::optional<Task::Kind> task,
              const Registry& registry, std::vector<Problem>& problems)
      : config_(config), experiment_(experiment), task_(task), registry_(registry), problems_(problems) {
    for (const Problem& problem : problems) broken_.insert(problem.path);
  }

  void run() {
    check_required_slots();
    check_version();
    check_length();
    check_loss();
    check_metrics();
    check_keep_best();
    check_observers();
    check_objective();
    check_test();
  }

 private:
  Where where(std::string_view path) const {
    const Value* value = config_.find_path(path);
    return value ? value->where() : config_.where();
  }

  void report(std::string path, std::string message, std::string hint) {
    Where place = where(path);
    problems_.push_back({std::move(place), std::move(path), std::move(message), std::move(hint)});
  }

  // True if this key and what is below it were bound.
  bool is_good(std::string_view path) const {
    return std::none_of(broken_.begin(), broken_.end(), [&](const std::string& broken) {
      return broken == path ||
             (broken.size() > path.size() && broken.starts_with(path) && broken[path.size()] == '.');
    });
  }

  // A slot may be null where it is optional; these are not.
  void check_required_slots() {
    for (const FieldInfo& field : schema_of<Experiment>().fields) {
      if (!field.is_required || field.type.kind != TypeInfo::Kind::slot || !is_good(field.key)) continue;
      const Value* value = config_.find(field.key);
      if (!value || !value->is_null()) continue;
      report(field.key, "is nothing, must be " + field.type.words(),
             "known: " + join(registry_.names(field.type.family), ", "));
    }
  }

  void check_version() {
    if (!is_good("assay") || experiment_.assay == 1) return;
    report("assay", text("is ", experiment_.assay, ", but this assay knows version 1 of the config language"),
           experiment_.assay > 1 ? "use a newer assay" : "write `assay: 1`");
  }

  void check_length() {
    const std::vector<Duration>& until = experiment_.train.until.items;
    if (!is_good("train.until") || until.empty()) return;
    for (const Duration& bound : until) {
      if (bound.unit != Duration::Unit::percent && bound.unit != Duration::Unit::end) continue;
      report("train.until", text("is ", to_string(bound), ", which is relative to itself"),
             "give epochs, steps, samples or a time, as `20 epochs`");
      return;
    }
    const bool has_end =
        std::any_of(until.begin(), until.end(), [](const Duration& bound) { return !bound.is_time(); });
    if (has_end) return;
    const SlotBase& schedule = experiment_.schedule;
    if (is_good("schedule") && schedule.is_bound() && schedule.name() != "constant") {
      report("schedule",
             text("is ", schedule.name(),
                  ", which aims at the run's last step, but train.until gives only a time"),
             "add a bound that counts, as `until: [20 epochs, 2 h]`");
    }
    check_percent("evaluate.every", experiment_.evaluate.every);
    check_percent("train.log_every", experiment_.train.log_every);
  }

  void check_percent(const std::string& path, const Duration& duration) {
    if (!is_good(path) || duration.unit != Duration::Unit::percent) return;
    report(path, text("is ", to_string(duration), " of the run, but train.until gives only a time"),
           "give epochs, steps or a time");
  }

  void check_loss() {
    if (!is_good("loss") || !task_) return;
    const Slot<Loss>& loss = experiment_.loss;
    if (loss.is_empty()) {
      report("loss", "is missing",
             text("a ", to_string(*task_),
                  " task implies none: add `loss:`; known: ", join(registry_.names("loss"), ", ")));
    } else if (loss.is_bound()) {
      check_serves("loss", loss);
    }
  }

  bool serves(const ComponentInfo& component) const {
    const auto* facet = std::any_cast<TaskFacet>(&component.facet);
    return !facet || !task_ || facet->serves(*task_);
  }

  void check_serves(const std::string& path, const SlotBase& slot) {
    if (serves(slot.component())) return;
    report(path,
           text("is ", slot.name(), ", which does not serve ", to_string(*task_), ", the task of dataset ",
                experiment_.dataset.name()),
           "these do: " + join(serving(slot.component().family), ", "));
  }

  std::vector<std::string> serving(const std::string& family) const {
    std::vector<std::string> names;
    for (const ComponentInfo* component : registry_.list(family)) {
      if (serves(*component)) names.push_back(component->name);
    }
    return names;
  }

  void check_metrics() {
    for (std::size_t i = 0; i < experiment_.metrics.size(); ++i) {
      const Slot<Metric>& metric = experiment_.metrics[i];
      const std::string path = text("metrics.", i);
      if (!is_good(path) || !metric.is_bound()) continue;
      check_serves(path, metric);
      for (std::size_t k = 0; k < i; ++k) check_series(path, metric, k);
    }
  }

  // A series has one metric: two of a type must differ in what is in its name.
  void check_series(const std::string& path, const Slot<Metric>& metric, std::size_t before) {
    const Slot<Metric>& other = experiment_.metrics[before];
    if (!other.is_bound() || other.name() != metric.name()) return;
    const Json mine = metric.to_json(), its = other.to_json();
    if (mine == its) {
      return report(path, text("is ", metric.name(), ", as metrics.", before, " is already"), "remove one");
    }
    std::vector<std::string> naming;
    for (const FieldInfo& field : metric.component().schema->fields) {
      if (!is_in_series_name(field)) continue;
      if (*mine.find(field.key) != *its.find(field.key)) return;
      naming.push_back(field.key);
    }
    report(path,
           text("is a second ", metric.name(), ", whose numbers would have the names of those of metrics.",
                before),
           naming.empty() ? std::string("keep one of them; what they differ in is not in the name")
                          : text("keep one of them, or give each its own `", join(naming, "` or `"), '`'));
  }

  // Whether valid/* exists; true where that depends on the data.
  bool has_valid() const {
    if (!is_good("dataset") || !experiment_.dataset.is_bound()) return true;
    const Slot<Split>& split = experiment_.dataset.shared().split;
    const Json written = split.is_bound() ? split.to_json() : Json();
    const Json* valid = written.find("valid");
    return !valid || !valid->is_text() || (valid->text() != "none" && valid->text() != "0%");
  }

  std::vector<std::string> metric_names() const {
    std::vector<std::string> names = {"loss"};
    for (const Slot<Metric>& metric : experiment_.metrics) {
      if (std::find(names.begin(), names.end(), metric.name()) == names.end()) names.push_back(metric.name());
    }
    return names;
  }

  void check_keep_best() {
    const auto& keep_best = experiment_.checkpoint.keep_best;
    if (keep_best) check_watched("checkpoint.keep_best", *keep_best, "keep_best");
  }

  void check_objective() {
    const auto& sweep = experiment_.sweep;
    if (sweep && sweep->objective)
      check_watched("sweep.objective.metric", sweep->objective->metric, "the objective");
  }

  // What an observer watches is its parameter `metric`, of valid or, with every row, of train.
  void check_observers() {
    for (std::size_t i = 0; i < experiment_.observers.size(); ++i) {
      const Slot<Observer>& observer = experiment_.observers[i];
      if (!observer.is_bound()) continue;
      const Json params = observer.to_json();
      const Json* metric = params.find("metric");
      if (!metric || !metric->is_text()) continue;
      const std::string path = text("observers.", i, ".metric");
      const std::string& written = metric->text();
      if (!written.starts_with("train/")) {
        check_watched(path, written, observer.name());
      } else if (written != "train/objective" && is_good(path) && is_good("metrics")) {
        check_metric_exists(path, "train", written.substr(std::string_view("train/").size()), metric_names());
      }
    }
  }

  // A metric of the valid split that the run computes. watcher: what goes without it.
  void check_watched(const std::string& path, const std::string& written, std::string_view watcher) {
    if (!is_good(path)) return;
    const std::size_t slash = written.find('/');
    const std::string split_name = written.substr(0, slash);
    const std::string name = slash == std::string::npos ? std::string() : written.substr(slash + 1);
    const std::vector<std::string> names = metric_names();
    if (name.empty() || split_name.empty()) {
      const bool is_metric = std::find(names.begin(), names.end(), written) != names.end();
      report(path, text("is '", printable(written), "', must be <split>/<name>"),
             text("as `valid/", is_metric ? written : "loss", "`"));
      return;
    }
    if (split_name != "valid") {
      const bool is_test = split_name == "test";
      report(path,
             text("is '", printable(written),
                  is_test ? "', but test is looked at once, at the end" : "', must be of the valid split"),
             text("write `valid/", printable(name), "`"));
      return;
    }
    if (!has_valid()) {
      report(path, text("is '", printable(written), "', but the split has no valid part"),
             text("give dataset.split a `valid`, or remove ", watcher));
    }
    if (is_good("metrics")) check_metric_exists(path, "valid", name, names);
  }

  void check_metric_exists(const std::string& path, std::string_view split_name, const std::string& name,
                           const std::vector<std::string>& names) {
    // A metric may give several numbers, named after it: topk_1, topk_5.
    const bool is_known = std::any_of(names.begin(), names.end(), [&](const std::string& known) {
      return name == known || (known != "loss" && name.starts_with(known + "_"));
    });
    if (is_known) return;
    const ComponentInfo* declared = registry_.find("metric", name);
    report(path,
           text("is '", split_name, '/', printable(name), "', but no metric of this run is called '",
                printable(name), "'"),
           declared && serves(*declared) ? text("add it: metrics: [", name, "]") : suggest(name, names));
  }

  void check_test() {
    const std::string path = "evaluate.test";
    if (!is_good(path) || !is_good("checkpoint") || experiment_.evaluate.test != "best") return;
    if (experiment_.checkpoint.keep_best) return;
    report(path, "is best, but nothing says which weights are best",
           "add `checkpoint: {keep_best: valid/loss}`, or write last");
  }

  const Value& config_;
  const Experiment& experiment_;
  std::optional<Task::Kind> task_;
  const Registry& registry_;
  std::vector<Problem>& problems_;
  std::set<std::string> broken_;
};

}  // namespace

Experiment bind_experiment(const Value& config, std::optional<Task::Kind> task, const Registry& registry,
                           std::vector<Problem>& problems) {
  Experiment experiment;
  BindContext context{registry, problems, {}};
  const std::size_t first = problems.size();
  bind_fields(config, {{&schema_of<Experiment>(), &experiment}}, {}, context);
  note_overrides(std::span(problems).subspan(first), config, Cause::within);
  const std::size_t first_cross = problems.size();
  CrossChecks(config, experiment, task, registry, problems).run();
  note_overrides(std::span(problems).subspan(first_cross), config, Cause::related);
  return experiment;
}

// ---- Identity

namespace {

Json identity_of_value(const Json& value, const TypeInfo& type, const Registry& registry);

Json identity_of_fields(const Json& map, const std::vector<const Schema*>& schemas,
                        const Registry& registry) {
  Json out = Json::map();
  for (const auto& [key, value] : map.entries()) {
    const FieldInfo* field = nullptr;
    for (const Schema* schema : schemas) field = field ? field : schema->find(key);
    if (!field) {
      out.entries().emplace_back(key, value);  // a slot's type
    } else if (!field->is_not_identity && field->type.kind != TypeInfo::Kind::path) {
      out.entries().emplace_back(key, identity_of_value(value, field->type, registry));
    }
  }
  return out;
}

Json identity_of_slot(const Json& slot, const std::string& family, const Registry& registry) {
  const Json* type = slot.find("type");
  const ComponentInfo* component = type && type->is_text() ? registry.find(family, type->text()) : nullptr;
  if (!component) return slot;
  std::vector<const Schema*> schemas = {component->schema};
  if (component->common) schemas.push_back(component->common);
  return identity_of_fields(slot, schemas, registry);
}

Json identity_of_value(const Json& value, const TypeInfo& type, const Registry& registry) {
  if (type.kind == TypeInfo::Kind::slot) return identity_of_slot(value, type.family, registry);
  if (type.kind == TypeInfo::Kind::section && value.is_map())
    return identity_of_fields(value, {type.section()}, registry);
  if (type.item && type.item->kind == TypeInfo::Kind::path) return {};
  if (type.kind == TypeInfo::Kind::list && value.is_list()) {
    Json list = Json::list();
    for (const Json& item : value.items()) list.push(identity_of_value(item, *type.item, registry));
    return list;
  }
  if (type.kind == TypeInfo::Kind::map && value.is_map()) {
    Json map = Json::map();
    for (const auto& [key, item] : value.entries())
      map.set(key, identity_of_value(item, *type.item, registry));
    return map;
  }
  return value;
}

}  // namespace

Json resolved_of(const Experiment& experiment) {
  Json resolved = schema_of<Experiment>().write(&experiment);
  if (!experiment.sweep)
    std::erase_if(resolved.entries(), [](const auto& entry) { return entry.first == "sweep"; });
  // So that a run without it is the run that it was before there was such a key.
  if (experiment.init_from.is_empty())
    std::erase_if(resolved.entries(), [](const auto& entry) { return entry.first == "init_from"; });
  return resolved;
}

Json identity_of(const Json& resolved, const Registry& registry) {
  Json identity = identity_of_fields(resolved, {&schema_of<Experiment>()}, registry);
  if (const Json* device = identity.find("device"); device && device->is_text()) {
    identity.set("device", device->text().substr(0, device->text().find(':')));
  }
  return identity;
}

}  // namespace assay
