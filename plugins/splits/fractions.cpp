#include "plugins/splits/fractions.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "core/random.h"
#include "core/text.h"

namespace assay::splits {
namespace {

// Products of shares and counts that are whole numbers but for rounding errors count as whole.
constexpr double slack = 1e-6;

// Every part with a share gets a row, taken from the part with most, as long as there are enough rows.
void give_each_a_row(const std::array<double, 3>& shares, std::int64_t rows,
                     std::array<std::int64_t, 3>& counts) {
  const auto n_parts = std::count_if(shares.begin(), shares.end(), [](double share) { return share > 0; });
  if (rows < n_parts) return;
  for (std::size_t part = 0; part < counts.size(); ++part) {
    if (shares[part] <= 0 || counts[part] > 0) continue;
    const std::int64_t used = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    if (used == rows) --*std::max_element(counts.begin(), counts.end());
    counts[part] = 1;
  }
}

}  // namespace

std::array<std::int64_t, 3> part_counts(const std::array<double, 3>& shares, std::int64_t rows) {
  std::array<std::int64_t, 3> counts{};
  std::array<double, 3> remainders{};
  double wanted = 0;
  for (std::size_t part = 0; part < counts.size(); ++part) {
    const double exact = shares[part] * static_cast<double>(rows);
    counts[part] = static_cast<std::int64_t>(std::floor(exact + slack));
    remainders[part] = exact - static_cast<double>(counts[part]);
    wanted += exact;
  }
  const auto total = std::min(rows, static_cast<std::int64_t>(std::llround(wanted)));
  std::int64_t given = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  for (; given < total; ++given) {
    const auto largest = std::max_element(remainders.begin(), remainders.end(),
                                          [](double a, double b) { return a + slack < b; });
    ++counts[static_cast<std::size_t>(largest - remainders.begin())];
    *largest -= 1;
  }
  give_each_a_row(shares, rows, counts);
  return counts;
}

namespace {

// The rows of each class, in the order of `rows`.
std::vector<std::vector<std::int64_t>> by_class(const Dataset& dataset,
                                                const std::vector<std::int64_t>& rows) {
  const DatasetFacts& facts = dataset.facts();
  const std::size_t column = dataset.index_of(facts.target);
  if (facts.task.kind != Task::Kind::classification || facts.columns[column].dtype != Dtype::i64) {
    throw Error(Kind::config, Problem{{},
                                      "dataset.split.stratify",
                                      text("is true, but the target has no classes: the task is ",
                                           to_string(facts.task.kind)),
                                      "set `stratify: false`"});
  }
  std::vector<std::int64_t> labels(rows.size());
  dataset.gather(column, rows, reinterpret_cast<std::byte*>(labels.data()));
  std::map<std::int64_t, std::vector<std::int64_t>> classes;
  for (std::size_t i = 0; i < rows.size(); ++i) classes[labels[i]].push_back(rows[i]);
  std::vector<std::vector<std::int64_t>> out;
  for (auto& [label, members] : classes) out.push_back(std::move(members));
  return out;
}

}  // namespace

Fractions::Fractions(const Params& params, const Needs& /*needs*/) : params_(params) {}

SplitRows Fractions::rows(const Dataset& dataset) const {
  std::vector<std::int64_t> all(static_cast<std::size_t>(dataset.facts().rows));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  shuffle(all, Stream(static_cast<std::uint64_t>(params_.seed), "split").at(0, 0));
  const std::array<double, 3> shares = {params_.train_share(), params_.valid.value, params_.test.value};

  SplitRows out;
  const std::array<std::vector<std::int64_t>*, 3> parts = {&out.train, &out.valid, &out.test};
  const auto deal = [&](const std::vector<std::int64_t>& members) {
    const auto counts = part_counts(shares, std::ssize(members));
    auto next = members.begin();
    for (std::size_t part = 0; part < parts.size(); ++part) {
      parts[part]->insert(parts[part]->end(), next, next + counts[part]);
      next += counts[part];
    }
  };
  if (params_.stratify) {
    for (const auto& members : by_class(dataset, all)) deal(members);
  } else {
    deal(all);
  }
  for (std::vector<std::int64_t>* part : parts) std::sort(part->begin(), part->end());
  return out;
}

}  // namespace assay::splits
