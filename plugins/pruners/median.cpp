#include "plugins/pruners/median.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace assay::pruners {
namespace {

// The best value up to some training; nothing if the trial has not come as far.
std::optional<double> best_until(const Curve& curve, double epochs) {
  if (curve.readings.empty() || curve.readings.back().epochs < epochs) return std::nullopt;
  double best = std::numeric_limits<double>::infinity();
  for (const Reading& reading : curve.readings) {
    if (reading.epochs > epochs) break;
    if (std::isfinite(reading.value)) best = std::min(best, reading.value);
  }
  return best;
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

Median::Median(const Params& params, const Needs& /*needs*/) : params_(params) {}

Decision Median::decide(const Curve& trial, std::span<const Curve> curves, bool /*are_all_in*/) const {
  if (trial.readings.empty()) return Decision::go_on;
  const double epochs = trial.readings.back().epochs;
  if (epochs <= params_.warmup) return Decision::go_on;
  std::vector<double> others;
  for (const Curve& curve : curves) {
    if (curve.number == trial.number) continue;
    if (const auto best = best_until(curve, epochs)) others.push_back(*best);
  }
  if (std::ssize(others) < params_.startup) return Decision::go_on;
  return *best_until(trial, epochs) > median_of(std::move(others)) ? Decision::stop : Decision::go_on;
}

}  // namespace assay::pruners
