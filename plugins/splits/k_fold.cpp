#include "plugins/splits/k_fold.h"

#include <algorithm>
#include <vector>

#include "core/text.h"
#include "plugins/splits/groups.h"

namespace assay::splits {
namespace {

// What is dealt to the folds one after the other: rows, those of a class side by side, or groups.
std::vector<Rows> dealt(const KFoldParams& params, const Dataset& dataset, const Rows& shuffled) {
  std::vector<Rows> out;
  const auto add_each = [&](const Rows& rows) {
    for (const std::int64_t row : rows) out.push_back({row});
  };
  if (params.stratify) {
    for (const Rows& members : rows_by_class(dataset, shuffled)) add_each(members);
  } else if (!params.group.empty()) {
    out = rows_by_value(dataset, label_column(dataset, params.group, "group"), shuffled);
    // Large groups first, so that the folds come out even.
    std::stable_sort(out.begin(), out.end(),
                     [](const Rows& a, const Rows& b) { return a.size() > b.size(); });
  } else {
    add_each(shuffled);
  }
  return out;
}

}  // namespace

KFold::KFold(const Params& params, const Needs& /*needs*/) : params_(params) {}

SplitRows KFold::rows(const Dataset& dataset) const {
  const std::vector<Rows> items = dealt(params_, dataset, shuffled_rows(dataset, params_.seed));
  if (std::ssize(items) < params_.k) {
    throw Error(Kind::data,
                Problem{{},
                        "dataset.split.k",
                        text("is ", params_.k, ", but there are only ",
                             count_text(std::ssize(items), params_.group.empty() ? "row" : "group")),
                        "lower it"});
  }
  std::vector<Rows> folds(static_cast<std::size_t>(params_.k));
  std::size_t next = 0;
  for (const Rows& item : items) {
    Rows& fold = params_.group.empty()
                     ? folds[next++ % folds.size()]
                     : *std::min_element(folds.begin(), folds.end(),
                                         [](const Rows& a, const Rows& b) { return a.size() < b.size(); });
    fold.insert(fold.end(), item.begin(), item.end());
  }
  SplitRows out;
  for (std::size_t i = 0; i < folds.size(); ++i) {
    Rows& part = static_cast<std::int64_t>(i) == params_.fold ? out.test : out.train;
    part.insert(part.end(), folds[i].begin(), folds[i].end());
  }
  std::sort(out.train.begin(), out.train.end());
  std::sort(out.test.begin(), out.test.end());
  out.valid = carve(params_.valid, params_.seed, out.train);
  return out;
}

}  // namespace assay::splits
