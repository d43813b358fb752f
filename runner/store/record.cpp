#include "runner/store/record.h"

#include <algorithm>

namespace assay::store {

SeriesKey series_key(const std::string& metric) {
  const std::size_t slash = metric.find('/');
  std::string split = slash == std::string::npos ? "run" : metric.substr(0, slash);
  std::string name = slash == std::string::npos ? metric : metric.substr(slash + 1);
  std::replace(name.begin(), name.end(), '/', '.');
  return {std::move(split), std::move(name)};
}

std::string_view kind_of(const CheckpointRow& row) {
  if (row.is_final) return "final";
  return row.is_best ? "best" : "last";
}

const CheckpointRow* Record::latest(std::string_view kind) const {
  const auto found = std::find_if(checkpoints.rbegin(), checkpoints.rend(), [&](const CheckpointRow& row) {
    if (row.is_superseded) return false;
    return kind == "last" || (kind == "final" ? row.is_final : row.is_best);
  });
  return found == checkpoints.rend() ? nullptr : &*found;
}

std::vector<Scalar> latest_values(const Record& record) {
  std::vector<const Series*> all;
  for (const auto& [key, series] : record.series) all.push_back(&series);
  std::sort(all.begin(), all.end(), [](const Series* a, const Series* b) { return a->order < b->order; });
  std::vector<Scalar> values;
  for (const Series* series : all) values.push_back({series->name, series->value.back()});
  return values;
}

}  // namespace assay::store
