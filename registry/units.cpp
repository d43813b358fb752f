#include "registry/units.h"

#include <array>
#include <cmath>

#include "core/text.h"

namespace assay {
namespace {

struct UnitName {
  std::string_view text;
  Duration::Unit unit;
  double factor;
};

constexpr std::array unit_names = {
    UnitName{"epoch", Duration::Unit::epochs, 1},     UnitName{"epochs", Duration::Unit::epochs, 1},
    UnitName{"step", Duration::Unit::steps, 1},       UnitName{"steps", Duration::Unit::steps, 1},
    UnitName{"sample", Duration::Unit::samples, 1},   UnitName{"samples", Duration::Unit::samples, 1},
    UnitName{"s", Duration::Unit::seconds, 1},        UnitName{"second", Duration::Unit::seconds, 1},
    UnitName{"seconds", Duration::Unit::seconds, 1},  UnitName{"min", Duration::Unit::seconds, 60},
    UnitName{"minute", Duration::Unit::seconds, 60},  UnitName{"minutes", Duration::Unit::seconds, 60},
    UnitName{"h", Duration::Unit::seconds, 3600},     UnitName{"hour", Duration::Unit::seconds, 3600},
    UnitName{"hours", Duration::Unit::seconds, 3600}, UnitName{"%", Duration::Unit::percent, 1},
};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  text = trim(text);
  if (text == "end") return Duration{0, Duration::Unit::end};
  // The longest prefix made of number characters; an 'e' belongs to it only before a digit or a sign.
  std::size_t length = 0;
  while (length < text.size()) {
    const char c = text[length];
    const bool is_exponent =
        (c == 'e' || c == 'E') && length + 1 < text.size() && length > 0 &&
        (std::string_view("0123456789+-").find(text[length + 1]) != std::string_view::npos);
    if (std::string_view("0123456789.+-").find(c) == std::string_view::npos && !is_exponent) break;
    ++length;
  }
  const auto amount = parse_real(text.substr(0, length));
  if (!amount || !std::isfinite(*amount) || *amount < 0) return std::nullopt;
  const std::string_view unit = trim(text.substr(length));
  for (const UnitName& name : unit_names) {
    if (name.text == unit) return Duration{*amount * name.factor, name.unit};
  }
  return std::nullopt;
}

std::string to_string(const Duration& duration) {
  const auto plural = [&](std::string_view noun) {
    return text(duration.amount, ' ', noun, duration.amount == 1 ? "" : "s");
  };
  switch (duration.unit) {
    case Duration::Unit::epochs:
      return plural("epoch");
    case Duration::Unit::steps:
      return plural("step");
    case Duration::Unit::samples:
      return plural("sample");
    case Duration::Unit::seconds:
      return text(duration.amount, " s");
    case Duration::Unit::percent:
      return text(duration.amount, '%');
    case Duration::Unit::end:
      return "end";
  }
  return {};
}

std::optional<Share> parse_share(std::string_view written) {
  written = trim(written);
  if (written == "none") return Share{0};
  const bool is_percent = !written.empty() && written.back() == '%';
  if (is_percent) written = trim(written.substr(0, written.size() - 1));
  const auto number = parse_real(written);
  if (!number) return std::nullopt;
  const double value = is_percent ? *number / 100 : *number;
  if (!(value >= 0 && value <= 1)) return std::nullopt;
  return Share{value};
}

std::string to_string(const Share& share) {
  const double percent = std::round(share.value * 100 * 1e9) / 1e9;
  return text(percent, '%');
}

}  // namespace assay
