#include "runner/sweep/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace assay::sweep {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// The continued fraction of the incomplete beta function, by Lentz's method (Press et al. 2007, sec. 6.4).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), result = d;
  for (int m = 1; m <= 10'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    result *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return result;
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                   : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// The part of t's distribution beyond |t| on both sides.
double two_tails(double t, double degrees) {
  if (std::isinf(t)) return 0;
  return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

}  // namespace

double t_cdf(double t, double degrees) {
  const double tail = two_tails(t, degrees) / 2;
  return t > 0 ? 1 - tail : tail;
}

double t_quantile(double share, double degrees) {
  ASSAY_ASSERT(share > 0 && share < 1 && degrees > 0);
  if (share == 0.5) return 0;
  // By halving on the tail, which keeps its precision where the distribution function is near 1.
  const double tail = 2 * std::min(share, 1 - share);
  double low = 0, high = 1;
  while (two_tails(high, degrees) > tail) high *= 2;
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (two_tails(middle, degrees) > tail ? low : high) = middle;
  }
  return share > 0.5 ? high : -high;
}

Summary summarise(std::span<const double> values, double confidence) {
  Summary out{values.size(), nan, nan, nan, nan, nan};
  if (values.empty()) return out;
  const auto n = static_cast<double>(values.size());
  out.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  if (values.size() < 2) return out;
  double squares = 0;
  for (const double value : values) squares += (value - out.mean) * (value - out.mean);
  out.sd = std::sqrt(squares / (n - 1));
  out.standard_error = out.sd / std::sqrt(n);
  const double reach = t_quantile((1 + confidence) / 2, n - 1) * out.standard_error;
  out.low = out.mean - reach;
  out.high = out.mean + reach;
  return out;
}

std::optional<double> paired_p(std::span<const double> a, std::span<const double> b) {
  ASSAY_ASSERT(a.size() == b.size());
  if (a.size() < 2) return std::nullopt;
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  const Summary summary = summarise(differences, 0.95);
  if (summary.sd == 0) return summary.mean == 0 ? 1.0 : 0.0;
  return two_tails(summary.mean / summary.standard_error, static_cast<double>(a.size() - 1));
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> out(p_values.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto n_left = static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(1.0, n_left * p_values[order[i]]));
    out[order[i]] = largest;
  }
  return out;
}

namespace {

std::vector<double> values_of(const Repeats& repeats) {
  std::vector<double> out;
  for (const auto& value : repeats) {
    if (value && std::isfinite(*value)) out.push_back(*value);
  }
  return out;
}

// Of the repeats that both have.
std::optional<double> paired_p_of(const Repeats& a, const Repeats& b) {
  std::vector<double> first, second;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (!a[i] || !b[i] || !std::isfinite(*a[i]) || !std::isfinite(*b[i])) continue;
    first.push_back(*a[i]);
    second.push_back(*b[i]);
  }
  return paired_p(first, second);
}

}  // namespace

std::optional<Comparison> compare(std::span<const Repeats> configurations, bool is_better_high,
                                  double confidence) {
  std::vector<Summary> summaries;
  std::size_t most = 0;
  for (const Repeats& repeats : configurations) {
    summaries.push_back(summarise(values_of(repeats), confidence));
    most = std::max(most, summaries.back().count);
  }
  if (most == 0) return std::nullopt;
  const auto turned = [&](std::size_t i) { return is_better_high ? -summaries[i].mean : summaries[i].mean; };

  Comparison out;
  bool has_best = false;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    if (summaries[i].count < most || (has_best && turned(i) >= turned(out.best))) continue;
    out.best = i;
    has_best = true;
  }
  std::vector<double> tested;
  std::vector<std::size_t> places;
  out.p_values.resize(configurations.size());
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    if (i == out.best || summaries[i].count == 0) continue;
    const auto p = paired_p_of(configurations[i], configurations[out.best]);
    if (!p) continue;
    tested.push_back(*p);
    places.push_back(i);
  }
  const std::vector<double> adjusted = holm(tested);
  for (std::size_t k = 0; k < places.size(); ++k) out.p_values[places[k]] = adjusted[k];
  out.p_values[out.best] = 1;
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    if (summaries[i].count == 0) continue;  // failed every time: no candidate
    const bool is_worse = out.p_values[i] && *out.p_values[i] < 1 - confidence && i != out.best;
    if (!is_worse) out.tied.push_back(i);
  }
  return out;
}

std::vector<std::size_t> cannot_win(std::span<const Repeats> configurations, bool is_better_high,
                                    double confidence, std::int64_t n_repeats) {
  const auto n_looks = static_cast<double>(std::max<std::int64_t>(n_repeats - 1, 1));
  const double at_each_look = 1 - (1 - confidence) / n_looks;
  const auto comparison = compare(configurations, is_better_high, at_each_look);
  std::vector<std::size_t> out;
  if (!comparison) return out;
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    const auto& p = comparison->p_values[i];
    if (p && *p < 1 - at_each_look && i != comparison->best) out.push_back(i);
  }
  return out;
}

}  // namespace assay::sweep
