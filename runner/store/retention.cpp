#include "runner/store/retention.h"

#include <set>
#include <utility>

namespace assay::store {
namespace {

std::set<std::string> needed(const std::vector<CheckpointRow>& rows, const Retention& retention) {
  std::set<std::string> files;
  std::int64_t n_last = 0;
  std::int64_t n_best = 0;
  bool has_final = false;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (row->is_superseded || !row->is_kept) continue;
    const bool is_last = n_last++ < retention.keep_last;
    const bool is_best = row->is_best && n_best++ < retention.keep_best;
    const bool is_final = row->is_final && !std::exchange(has_final, true);
    if (!is_last && !is_best && !is_final) continue;
    files.insert(row->file);
    if (!row->best_file.empty()) files.insert(row->best_file);
  }
  return files;
}

}  // namespace

std::vector<std::string> droppable(const std::vector<CheckpointRow>& rows, const Retention& retention) {
  const std::set<std::string> keep = needed(rows, retention);
  std::vector<std::string> files;
  for (const CheckpointRow& row : rows) {
    if (row.is_kept && !keep.contains(row.file)) files.push_back(row.file);
  }
  return files;
}

}  // namespace assay::store
