#include "runner/report/run_fields.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/clock.h"
#include "core/text.h"

namespace assay::report {
namespace {

using store::RunSummary;

constexpr std::string_view metrics_prefix = "metrics.";

struct Fact {
  std::string_view name;
  std::string_view about;
  Json (*get)(const RunSummary&);
};

Json best_value(const RunSummary& run) { return run.best_value ? Json(*run.best_value) : Json(); }
Json best_step(const RunSummary& run) { return run.best_value ? Json(run.best_step) : Json(); }
Json text_or_nothing(const std::string& text) { return text.empty() ? Json() : Json(text); }

constexpr std::array facts{
    Fact{"run", "name and id", [](const RunSummary& r) { return Json(text(r.name, '/', r.id)); }},
    Fact{"id", "its id", [](const RunSummary& r) { return Json(r.id); }},
    Fact{"name", "its name", [](const RunSummary& r) { return Json(r.name); }},
    Fact{"state", "running, finished, stopped, failed or lost",
         [](const RunSummary& r) { return Json(to_string(r.state)); }},
    Fact{"started", "when it began, UTC", [](const RunSummary& r) { return Json(iso_time(r.start_ns)); }},
    Fact{"time", "seconds that it trained", [](const RunSummary& r) { return Json(r.seconds); }},
    Fact{"step", "steps done", [](const RunSummary& r) { return Json(r.step); }},
    Fact{"epoch", "epochs done", [](const RunSummary& r) { return Json(r.epoch); }},
    Fact{"attempt", "its last attempt", [](const RunSummary& r) { return Json(r.attempt); }},
    Fact{"seed", "its seed", [](const RunSummary& r) { return Json(r.seed); }},
    Fact{"tags", "its tags",
         [](const RunSummary& r) { return Json(Json::List(r.tags.begin(), r.tags.end())); }},
    Fact{"best", "the best value of checkpoint.keep_best", &best_value},
    Fact{"best_step", "the step that had it", &best_step},
    Fact{"message", "why it stopped or failed",
         [](const RunSummary& r) { return text_or_nothing(r.message); }},
    Fact{"folder", "where it lies", [](const RunSummary& r) { return Json(r.folder); }},
};

const Fact* find_fact(std::string_view name) {
  const auto found =
      std::find_if(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.name == name; });
  return found == facts.end() ? nullptr : &*found;
}

std::string_view metric_of(std::string_view field) {
  return field.starts_with(metrics_prefix) ? field.substr(metrics_prefix.size()) : field;
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> run_facts() {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  for (const Fact& fact : facts) out.emplace_back(fact.name, fact.about);
  return out;
}

Json RunFields::get(std::string_view field, std::size_t i) const {
  const RunSummary& run = index_.run(i);
  if (const Fact* fact = find_fact(field)) return fact->get(run);
  if (const auto value = run.find(metric_of(field))) return *value;
  if (const Json* value = index_.value(i, field)) return *value;
  const Json* type = index_.value(i, text(field, ".type"));
  return type ? *type : Json();
}

bool RunFields::is_known(std::string_view field) const {
  if (find_fact(field)) return true;
  for (std::size_t i = 0; i < size(); ++i) {
    if (index_.run(i).find(metric_of(field)) || index_.value(i, field) ||
        index_.value(i, text(field, ".type")))
      return true;
  }
  return false;
}

std::vector<std::string> RunFields::names() const {
  std::set<std::string> metrics;
  for (std::size_t i = 0; i < size(); ++i) {
    for (const auto& [metric, value] : index_.run(i).last) metrics.insert(metric);
  }
  std::vector<std::string> names;
  for (const Fact& fact : facts) names.emplace_back(fact.name);
  names.insert(names.end(), metrics.begin(), metrics.end());
  for (std::string& key : index_.keys()) names.push_back(std::move(key));
  return names;
}

std::string RunFields::hint(std::string_view field) const {
  const std::string near = closest(metric_of(field), names());
  const std::string list = "`assay runs list --fields` lists what there is";
  return near.empty() ? list : text("did you mean '", near, "'? ", list);
}

std::string RunFields::title(std::size_t i) const { return text(index_.run(i).name, '/', index_.run(i).id); }

}  // namespace assay::report
