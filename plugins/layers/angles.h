// Angles by which places of a sequence are told apart: pair i of the features has its own wavelength.
#pragma once

#include <cmath>
#include <cstdint>

namespace assay::layers {

/// place / base^(2 pair / features)
inline double angle_of(std::int64_t place, std::int64_t pair, std::int64_t features, double base) {
  const double exponent = static_cast<double>(2 * pair) / static_cast<double>(features);
  return static_cast<double>(place) / std::pow(base, exponent);
}

/// Of rotary positions.
inline constexpr double rotary_base = 10000.0;

}  // namespace assay::layers
