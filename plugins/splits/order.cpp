#include "plugins/splits/order.h"

#include <cmath>
#include <vector>

namespace assay::splits {
namespace {

// Products of shares and counts that are whole numbers but for rounding errors count as whole.
constexpr double end_slack = 1e-6;

// Where train, valid and test end, of n places.
std::array<std::int64_t, 3> ends_of(const OrderParams& params, std::int64_t n) {
  std::array<std::int64_t, 3> ends{};
  double share = 0;
  std::size_t part = 0;
  for (const double more : {params.train_share(), params.valid.value, params.test.value}) {
    share += more;
    ends[part++] = static_cast<std::int64_t>(std::floor(share * static_cast<double>(n) + end_slack));
  }
  return ends;
}

std::vector<std::int64_t> every(std::int64_t stride, std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = begin; row < end; row += stride) rows.push_back(row);
  return rows;
}

}  // namespace

Order::Order(const Params& params, const Needs& /*needs*/) : params_(params) {}

SplitRows Order::rows(const Dataset& dataset) const {
  const std::optional<Windows>& windows = dataset.facts().windows;
  const auto [train, valid, test] =
      ends_of(params_, windows ? windows->series.count() : dataset.facts().rows);
  if (!windows) return {every(1, 0, train), every(1, train, valid), every(1, valid, test)};
  // A window and its target lie in its part.
  const std::int64_t reach = windows->length + windows->lead - 1;
  return {every(windows->stride, 0, train - reach), every(windows->length, train, valid - reach),
          every(windows->length, valid, test - reach)};
}

}  // namespace assay::splits
