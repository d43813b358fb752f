#include "plugins/splits/fractions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

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

Fractions::Fractions(const Params& params, const Needs& /*needs*/) : params_(params) {}

SplitRows Fractions::rows(const Dataset& dataset) const {
  const Rows all = shuffled_rows(dataset, params_.seed);
  const std::array<double, 3> shares = {params_.train_share(), params_.valid.value, params_.test.value};

  SplitRows out;
  const std::array<Rows*, 3> parts = {&out.train, &out.valid, &out.test};
  // Deals members, which are rows or groups of rows, to the parts one after the other.
  const auto deal = [&](const auto& members, const auto& give) {
    const auto counts = part_counts(shares, std::ssize(members));
    std::size_t next = 0;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      for (std::int64_t i = 0; i < counts[part]; ++i) give(*parts[part], members[next++]);
    }
  };
  const auto give_row = [](Rows& part, std::int64_t row) { part.push_back(row); };
  const auto give_group = [](Rows& part, const Rows& group) {
    part.insert(part.end(), group.begin(), group.end());
  };
  if (params_.stratify) {
    for (const Rows& members : rows_by_class(dataset, all)) deal(members, give_row);
  } else if (!params_.group.empty()) {
    deal(shuffled_groups(dataset, all), give_group);
  } else {
    deal(all, give_row);
  }
  for (Rows* part : parts) std::sort(part->begin(), part->end());
  return out;
}

// In the order in which a drawn order of rows comes to them.
std::vector<Rows> Fractions::shuffled_groups(const Dataset& dataset, const Rows& shuffled) const {
  const std::size_t column = label_column(dataset, params_.group, "group");
  std::vector<Rows> groups = rows_by_value(dataset, column, shuffled);
  std::vector<std::size_t> place(shuffled.size());
  for (std::size_t i = 0; i < shuffled.size(); ++i) place[static_cast<std::size_t>(shuffled[i])] = i;
  const auto first_place = [&](const Rows& group) { return place[static_cast<std::size_t>(group.front())]; };
  std::sort(groups.begin(), groups.end(),
            [&](const Rows& a, const Rows& b) { return first_place(a) < first_place(b); });
  return groups;
}

}  // namespace assay::splits
