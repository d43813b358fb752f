// Time, as an object, so that tests can hold it still.
#pragma once

#include <cstdint>
#include <string>

namespace assay {

class Clock {
 public:
  virtual ~Clock();
  /// Nanoseconds since 1970-01-01 UTC.
  virtual std::int64_t wall_ns() const = 0;
  /// Seconds from an arbitrary start; never goes back.
  virtual double monotonic_s() const = 0;
};

/// The machine's clock. It has no state: every call returns the same object.
const Clock& system_clock();

/// `2026-03-01T12:30:05Z`
std::string iso_time(std::int64_t wall_ns);
/// `4.2 s`, `1:23`, `2:03:04`
std::string duration_text(double seconds);

}  // namespace assay
