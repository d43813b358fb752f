#include "runner/store/summary.h"

#include <algorithm>

#include "core/clock.h"
#include "core/io/json_text.h"

namespace assay::store {
namespace {

void read(const Json& json, std::string_view key, std::string& value) {
  const Json* found = json.find(key);
  if (found && found->is_text()) value = found->text();
}

void read(const Json& json, std::string_view key, std::int64_t& value) {
  const Json* found = json.find(key);
  if (found && found->is_integer()) value = found->integer();
}

std::optional<double> find_real(const Json& json, std::string_view key) {
  const Json* found = json.find(key);
  return found ? real_of(*found) : std::nullopt;
}

void read_best(const Json& json, RunSummary& summary) {
  const Json* best = json.find("best");
  if (!best) return;
  read(*best, "metric", summary.best_metric);
  read(*best, "step", summary.best_step);
  summary.best_value = find_real(*best, "value");
}

Json best_of(const RunSummary& summary) {
  Json best;
  best.set("metric", summary.best_metric);
  if (summary.best_value) {
    best.set("value", *summary.best_value);
    best.set("step", summary.best_step);
  }
  return best;
}

}  // namespace

std::optional<double> RunSummary::find(std::string_view metric) const {
  for (const auto& [name_of_series, value] : last) {
    if (name_of_series == metric) return value;
  }
  return std::nullopt;
}

Json to_json(const RunSummary& summary) {
  Json json;
  json.set("format", "assay.summary");
  json.set("format_version", 1);
  json.set("id", summary.id);
  json.set("name", summary.name);
  json.set("status", to_string(summary.state));
  json.set("attempt", summary.attempt);
  json.set("start", iso_time(summary.start_ns));
  json.set("start_ns", summary.start_ns);
  json.set("seconds", summary.seconds);
  json.set("step", summary.step);
  json.set("epoch", summary.epoch);
  json.set("seed", summary.seed);
  json.set("dataset", summary.dataset);
  json.set("model", summary.model);
  json.set("optimizer", summary.optimizer);
  json.set("tags", Json(Json::List(summary.tags.begin(), summary.tags.end())));
  Json last = Json::map();
  for (const auto& [metric, value] : summary.last) last.set(metric, value);
  json.set("last", std::move(last));
  if (!summary.best_metric.empty()) json.set("best", best_of(summary));
  if (!summary.message.empty()) json.set("message", summary.message);
  return json;
}

RunSummary summary_of(const Json& json) {
  RunSummary summary;
  std::string status;
  std::int64_t attempt = 0;
  read(json, "id", summary.id);
  read(json, "name", summary.name);
  read(json, "status", status);
  read(json, "attempt", attempt);
  read(json, "start_ns", summary.start_ns);
  read(json, "step", summary.step);
  read(json, "epoch", summary.epoch);
  read(json, "seed", summary.seed);
  read(json, "dataset", summary.dataset);
  read(json, "model", summary.model);
  read(json, "optimizer", summary.optimizer);
  read(json, "message", summary.message);
  summary.state = state_named(status);
  summary.attempt = static_cast<int>(attempt);
  summary.seconds = find_real(json, "seconds").value_or(0);
  if (const Json* tags = json.find("tags"); tags && tags->is_list()) {
    for (const Json& tag : tags->items()) {
      if (tag.is_text()) summary.tags.push_back(tag.text());
    }
  }
  if (const Json* last = json.find("last"); last && last->is_map()) {
    for (const auto& [metric, value] : last->entries()) {
      if (const auto number = real_of(value)) summary.last.emplace_back(metric, *number);
    }
  }
  read_best(json, summary);
  std::sort(summary.last.begin(), summary.last.end());
  return summary;
}

}  // namespace assay::store
