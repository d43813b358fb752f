#include "registry/contracts/space.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace assay {

bool Condition::holds(const Point& point) const {
  return std::find(values.begin(), values.end(), point[parameter]) != values.end();
}

std::int64_t Parameter::count() const {
  if (kind == Kind::choice) return n_choices;
  ASSAY_ASSERT(step > 0);
  // A range that is a whole number of steps keeps its end, whatever the rounding of the division.
  return static_cast<std::int64_t>(std::floor((high - low) / step * (1 + 1e-12) + 1e-9)) + 1;
}

double Parameter::value(std::int64_t number) const {
  if (kind == Kind::choice) return static_cast<double>(number);
  return std::min(high, low + step * static_cast<double>(number));
}

double Parameter::at(double share) const {
  if (!is_finite()) {
    const double value = is_log ? std::exp(std::log(low) + share * (std::log(high) - std::log(low)))
                                : low + share * (high - low);
    return std::clamp(value, low, high);
  }
  const auto last = count() - 1;
  if (!is_log) return value(std::min(last, static_cast<std::int64_t>(share * static_cast<double>(last + 1))));
  // Half a step beyond both ends, so that the first and the last value have a share like the others.
  const double first = std::log(std::max(low - step / 2, low / 2)), end = std::log(value(last) + step / 2);
  const double drawn = std::exp(first + share * (end - first));
  return value(std::clamp<std::int64_t>(std::llround((drawn - low) / step), 0, last));
}

bool Space::is_active(std::size_t parameter, const Point& point) const {
  const std::vector<Condition>& conditions = parameters[parameter].conditions;
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& condition) { return condition.holds(point); });
}

bool Space::is_allowed(const Point& point) const {
  return std::none_of(forbidden.begin(), forbidden.end(), [&](const std::vector<Condition>& all) {
    return std::all_of(all.begin(), all.end(),
                       [&](const Condition& condition) { return condition.holds(point); });
  });
}

}  // namespace assay
