#include "runner/cli/seed_spread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/progress.h"
#include "runner/cli/table.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

constexpr std::size_t fewest_seeds = 3;
constexpr double largest_distance = 2;  // in standard deviations

/// The config without its seed; nothing if it cannot be read.
std::optional<Json> config_of(const std::string& folder) {
  try {
    Json resolved = store::read_record(folder).begin.resolved;
    resolved.set("seed", 0);
    return resolved;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool may_be_sibling(const store::RunSummary& one, const store::RunSummary& run) {
  return one.state == store::RunState::finished && one.name == run.name && one.dataset == run.dataset &&
         one.model == run.model && one.optimizer == run.optimizer;
}

std::optional<double> value_in(const store::MetricValues& values, const std::string& metric) {
  for (const auto& [name, value] : values) {
    if (name == metric) return value;
  }
  return std::nullopt;
}

SpreadRow row_of(const std::string& metric, const std::vector<double>& values, double now) {
  const auto n = static_cast<double>(values.size());
  SpreadRow row{metric, values.front(), now, 0, 0, static_cast<std::int64_t>(values.size())};
  for (const double value : values) row.mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - row.mean) * (value - row.mean);
  row.deviation = std::sqrt(squares / (n - 1));
  return row;
}

}  // namespace

bool SpreadRow::is_within() const { return std::abs(now - mean) <= largest_distance * deviation; }

std::vector<SpreadRow> spread_of(const std::vector<store::MetricValues>& seeds,
                                 const store::RunSummary& now) {
  std::vector<SpreadRow> rows;
  if (seeds.size() < fewest_seeds) return rows;
  for (const auto& [metric, recorded] : seeds.front()) {
    if (metric.starts_with("train/")) continue;
    std::vector<double> values;
    for (const store::MetricValues& seed : seeds) {
      if (const auto value = value_in(seed, metric)) values.push_back(*value);
    }
    if (values.size() < seeds.size()) continue;
    rows.push_back(
        row_of(metric, values, now.find(metric).value_or(std::numeric_limits<double>::quiet_NaN())));
  }
  return rows;
}

std::vector<SpreadRow> seed_spread(const RecordedRun& recorded, const store::RunSummary& now) {
  Json config = recorded.record.begin.resolved;
  config.set("seed", 0);
  std::vector<store::MetricValues> seeds{recorded.summary.last};
  std::set<std::int64_t> known{recorded.summary.seed};
  for (const store::RunSummary& run : store::list_runs(recorded.runs_dir())) {
    if (known.contains(run.seed) || !may_be_sibling(run, recorded.summary)) continue;
    if (config_of(run.folder) != config) continue;
    known.insert(run.seed);
    seeds.push_back(run.last);
  }
  return spread_of(seeds, now);
}

bool all_within(const std::vector<SpreadRow>& rows) {
  return !rows.empty() &&
         std::all_of(rows.begin(), rows.end(), [](const SpreadRow& row) { return row.is_within(); });
}

std::string spread_text(const std::vector<SpreadRow>& rows, const Output& out) {
  if (rows.empty()) return {};
  constexpr auto right = Table::Align::right;
  Table table({{""}, {"recorded", right}, {"now", right}, {text("of ", rows.front().runs, " seeds"), right}});
  for (const SpreadRow& row : rows) {
    table.row({printable(row.metric), metric_text(row.recorded), metric_text(row.now),
               text(metric_text(row.mean), " +- ", metric_text(row.deviation))},
              row.is_within() ? Style::plain : Style::red);
  }
  return table.text(out, 2);
}

Json spread_json(const std::vector<SpreadRow>& rows) {
  Json list = Json::list();
  for (const SpreadRow& row : rows) {
    list.push(Json(Json::Map{{"metric", row.metric},
                             {"recorded", row.recorded},
                             {"now", row.now},
                             {"mean", row.mean},
                             {"deviation", row.deviation},
                             {"runs", row.runs}}));
  }
  return list;
}

}  // namespace assay::cli
