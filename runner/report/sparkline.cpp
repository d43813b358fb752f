#include "runner/report/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

namespace assay::report {
namespace {

constexpr std::size_t n_levels = 8;
// U+2581 to U+2588: one to eight eighths of a block.
constexpr std::array<std::string_view, n_levels> blocks{"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
                                                        "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
                                                        "\xe2\x96\x87", "\xe2\x96\x88"};
constexpr std::array<std::string_view, n_levels> digits{"0", "1", "2", "3", "4", "5", "6", "7"};

/// The means of equal parts; not finite where a part holds such a value.
std::vector<double> means_of(std::span<const double> values, std::size_t n) {
  std::vector<double> means;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t begin = i * values.size() / n;
    const std::size_t end = (i + 1) * values.size() / n;
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k) sum += values[k];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  return means;
}

}  // namespace

std::string sparkline(std::span<const double> values, int columns, bool is_utf8) {
  if (values.size() < 2 || columns < 1) return {};
  const auto means = means_of(values, std::min(values.size(), static_cast<std::size_t>(columns)));
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double mean : means) {
    if (!std::isfinite(mean)) continue;
    low = std::min(low, mean);
    high = std::max(high, mean);
  }
  std::string line;
  for (const double mean : means) {
    if (!std::isfinite(mean)) {
      line += 'x';
      continue;
    }
    const double share = high > low ? (mean / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
    const auto level = std::min(n_levels - 1, static_cast<std::size_t>(share * n_levels));
    line += is_utf8 ? blocks[level] : digits[level];
  }
  return line;
}

}  // namespace assay::report
