#include "core/clock.h"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace assay {
namespace {

class SystemClock final : public Clock {
 public:
  std::int64_t wall_ns() const override { return read(CLOCK_REALTIME); }
  double monotonic_s() const override { return static_cast<double>(read(CLOCK_MONOTONIC)) * 1e-9; }

 private:
  static std::int64_t read(clockid_t id) {
    timespec now{};
    clock_gettime(id, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
  }
};

}  // namespace

Clock::~Clock() = default;

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string iso_time(std::int64_t wall_ns) {
  const std::time_t seconds = wall_ns / 1'000'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char buffer[32];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return buffer;
}

std::string duration_text(double seconds) {
  char buffer[32];
  if (!(seconds >= 0) || seconds > 1e9) return "?";
  if (seconds < 60) {
    std::snprintf(buffer, sizeof buffer, "%.1f s", seconds);
    return buffer;
  }
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 3600) {
    std::snprintf(buffer, sizeof buffer, "%ld:%02ld", whole / 60, whole % 60);
  } else {
    std::snprintf(buffer, sizeof buffer, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return buffer;
}

}  // namespace assay
