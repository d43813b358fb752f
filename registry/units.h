// Quantities with a unit that configs write as text: durations and shares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// A stretch of training or of time: `20 epochs`, `5000 steps`, `1e6 samples`, `90 s`, `30 min`, `2 h`, `5%`
/// of the step bound, `end`. The unit is mandatory, singular or plural.
struct Duration {
  enum class Unit { epochs, steps, samples, seconds, percent, end };
  double amount = 0;
  Unit unit = Unit::steps;

  bool is_time() const { return unit == Unit::seconds; }
  bool operator==(const Duration&) const = default;
};

/// Nothing if the text is no duration.
std::optional<Duration> parse_duration(std::string_view text);
/// The way it would be written: `20 epochs`, `1 epoch`, `5%`, `90 s`.
std::string to_string(const Duration& duration);

/// Whichever comes first; written as one duration or a list of them.
struct Durations {
  std::vector<Duration> items;
};

/// A part of a whole: `15%`, `0.15`, or `none`. From 0 to 1.
struct Share {
  double value = 0;
};

std::optional<Share> parse_share(std::string_view text);
std::string to_string(const Share& share);

/// A file or folder. What a config wrote is relative to the file that wrote it, or to the working folder on
/// the command line; `text` is absolute and normal. Empty if not set. Never part of a run's identity.
struct Path {
  std::string text;
  bool is_set() const { return !text.empty(); }
};

}  // namespace assay
