#include "runner/report/comparison.h"

#include <algorithm>
#include <map>
#include <set>

namespace assay::report {
namespace {

std::vector<ComparedKey> differing_keys(std::span<const RunData> runs) {
  std::vector<std::map<std::string, Json>> configs;
  std::vector<std::string> order;
  std::set<std::string> known;
  for (const RunData& run : runs) {
    const FlatConfig config = run.config();
    configs.emplace_back(config.begin(), config.end());
    for (const auto& [key, value] : config) {
      if (known.insert(key).second) order.push_back(key);
    }
  }
  std::vector<ComparedKey> out;
  for (const std::string& key : order) {
    ComparedKey one{key, {}};
    for (const auto& config : configs) {
      const auto found = config.find(key);
      one.values.push_back(found == config.end() ? Json() : found->second);
    }
    const bool is_shared = std::all_of(one.values.begin(), one.values.end(),
                                       [&](const Json& value) { return value == one.values.front(); });
    if (!is_shared) out.push_back(std::move(one));
  }
  return out;
}

/// What people look at first: test, then valid, then train.
int rank_of(const std::string& metric) {
  int rank = 0;
  for (const char* split : {"test/", "valid/", "train/"}) {
    if (metric.starts_with(split)) return rank;
    ++rank;
  }
  return rank;
}

std::vector<std::string> metric_names(std::span<const RunData> runs) {
  std::set<std::string> names;
  for (const RunData& run : runs) {
    for (const auto& [name, value] : run.summary.last) names.insert(name);
  }
  std::vector<std::string> sorted(names.begin(), names.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const std::string& a, const std::string& b) { return rank_of(a) < rank_of(b); });
  return sorted;
}

ComparedMetric compared(const std::string& name, std::span<const RunData> runs, const Registry& registry) {
  ComparedMetric metric{name, Direction::unknown, {}, {}, {}};
  for (const RunData& run : runs) {
    if (metric.direction == Direction::unknown)
      metric.direction = direction_of(name, run.record.begin.resolved, registry);
    metric.last.push_back(run.last(name));
  }
  if (metric.direction == Direction::unknown) return metric;
  bool has_course = false;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const store::Series* series = runs[i].find(name);
    metric.best.push_back(series ? best_of(*series, metric.direction) : std::nullopt);
    has_course = has_course || (series && series->value.size() > 1);
    if (!metric.best.back()) continue;
    const double now = metric.best.back()->value;
    const bool is_better = !metric.best_run || (metric.direction == Direction::lower
                                                    ? now < metric.best[*metric.best_run]->value
                                                    : now > metric.best[*metric.best_run]->value);
    if (is_better) metric.best_run = i;
  }
  if (!has_course) metric.best.clear();
  return metric;
}

}  // namespace

Comparison compare(std::span<const RunData> runs, const Registry& registry) {
  Comparison comparison;
  for (const RunData& run : runs) comparison.titles.push_back(run.title());
  comparison.keys = differing_keys(runs);
  for (const std::string& name : metric_names(runs))
    comparison.metrics.push_back(compared(name, runs, registry));
  return comparison;
}

}  // namespace assay::report
