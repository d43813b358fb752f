#include "plugins/pruners/asha.h"

#include <algorithm>
#include <cmath>

namespace assay::pruners {
namespace {

const Reading* reading_at(const Curve& curve, double rung) {
  for (const Reading& reading : curve.readings) {
    if (reading.epochs >= rung) return &reading;
  }
  return nullptr;
}

// A total order, so that a decision does not depend on how curves are listed.
bool is_before(double value, std::int64_t number, double other_value, std::int64_t other_number) {
  if (std::isfinite(value) != std::isfinite(other_value)) return std::isfinite(value);
  if (std::isfinite(value) && value != other_value) return value < other_value;
  return number < other_number;
}

}  // namespace

Asha::Asha(const Params& params, const Needs& /*needs*/) : params_(params) {}

std::optional<double> Asha::rung_at(const Curve& trial) const {
  if (trial.readings.empty()) return std::nullopt;
  const double now = trial.readings.back().epochs;
  const double before = trial.readings.size() > 1 ? trial.readings[trial.readings.size() - 2].epochs : 0;
  std::optional<double> found;
  for (double rung = params_.first; rung <= now; rung *= static_cast<double>(params_.reduction)) {
    if (rung > before) found = rung;
  }
  return found;
}

Decision Asha::decide(const Curve& trial, std::span<const Curve> curves, bool are_all_in) const {
  const std::optional<double> rung = rung_at(trial);
  if (!rung) return Decision::go_on;
  const double value = trial.readings.back().value;
  if (!std::isfinite(value)) return Decision::stop;
  std::int64_t n_there = 0, n_better = 0;
  for (const Curve& curve : curves) {
    const Reading* reading = reading_at(curve, *rung);
    if (!reading) continue;
    ++n_there;
    if (curve.number != trial.number && is_before(reading->value, curve.number, value, trial.number))
      ++n_better;
  }
  const std::int64_t n_places = n_there / params_.reduction;
  // The best of too few is the best there will be, once nobody comes in behind it.
  if (n_better < (are_all_in ? std::max<std::int64_t>(n_places, 1) : n_places)) return Decision::go_on;
  return are_all_in ? Decision::stop : Decision::pause;
}

}  // namespace assay::pruners
