#include "runner/sweep/summary_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "core/text.h"
#include "runner/sweep/values.h"

namespace assay::sweep {
namespace {

constexpr double default_confidence = 0.95;

std::optional<double> metric_of(const TrialEnd* end, const std::string& metric) {
  if (!end || end->how != TrialEnd::How::finished) return std::nullopt;
  for (const auto& [name, value] : end->metrics) {
    if (name == metric) return value;
  }
  return std::nullopt;
}

std::optional<double> value_of(const Study& study, const Board& board, std::int64_t group,
                               const std::string& metric) {
  if (study.layout().has_refits) return metric_of(board.end(refit_of(group)), metric);
  if (!study.objective()) return std::nullopt;
  const auto best = board.best(group);
  if (!best) return std::nullopt;
  double sum = 0;
  for (std::int64_t repeat = 0; repeat < study.layout().n_repeats; ++repeat) {
    const auto value = metric_of(board.end(study.layout().number({*best, group, repeat})), metric);
    if (!value) return std::nullopt;
    sum += *value;
  }
  return sum / static_cast<double>(study.layout().n_repeats);
}

/// The values of `per` in a group, but for the key that is averaged over.
std::string label_of(const Study& study, std::int64_t group) {
  const auto& over = study.section().summary->over;
  if (!over) return {};
  std::vector<std::string> parts;
  for (const Override& override : study.groups().overrides(study.group_point(group))) {
    const std::string key = join(override.path, ".");
    if (key != *over) parts.push_back(text(key, '=', one_line(override.value)));
  }
  return join(parts, " ");
}

}  // namespace

std::vector<SummaryRow> summary_rows(const Study& study, const Board& board) {
  std::vector<SummaryRow> rows;
  const auto& summary = study.section().summary;
  if (!summary) return rows;
  const auto& repeat = study.section().repeat;
  const double confidence = repeat ? repeat->confidence : default_confidence;
  std::vector<std::pair<std::string, std::vector<std::vector<double>>>> values;  // by label, by metric
  for (std::int64_t group = 0; group < study.layout().n_groups; ++group) {
    const std::string label = label_of(study, group);
    auto row =
        std::find_if(values.begin(), values.end(), [&](const auto& one) { return one.first == label; });
    if (row == values.end())
      row = values.insert(values.end(), {label, std::vector<std::vector<double>>(summary->metrics.size())});
    for (std::size_t i = 0; i < summary->metrics.size(); ++i) {
      const auto value = value_of(study, board, group, summary->metrics[i]);
      if (value && std::isfinite(*value)) row->second[i].push_back(*value);
    }
  }
  for (const auto& [label, metrics] : values) {
    SummaryRow row{label, {}};
    for (const std::vector<double>& all : metrics) row.metrics.push_back(summarise(all, confidence));
    const bool has_any =
        std::any_of(row.metrics.begin(), row.metrics.end(), [](const Summary& one) { return one.count > 0; });
    if (has_any) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace assay::sweep
