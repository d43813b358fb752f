#include "runner/cli/profile_text.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/text.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

constexpr std::size_t shown_operations = 15;

std::string fixed(double value, int digits) {
  char out[64];
  std::snprintf(out, sizeof out, "%.*f", digits, value);
  return out;
}

/// Milliseconds a step.
std::string step_ms(const Profile& profile, double seconds) {
  return fixed(seconds / static_cast<double>(profile.measured_steps) * 1e3, 3);
}

std::string share(const Profile& profile, double seconds) {
  return fixed(100 * seconds / profile.seconds, 1) + " %";
}

std::string phase_table(const Profile& profile, const Output& out) {
  using Align = Table::Align;
  Table table(
      {{"phase"}, {"ms a step", Align::right}, {"share", Align::right}, {"times a step", Align::right}});
  double known_s = 0;
  const auto steps = static_cast<double>(profile.measured_steps);
  for (const Profile::Row& row : profile.phases) {
    known_s += row.seconds;
    table.row({row.name, step_ms(profile, row.seconds), share(profile, row.seconds),
               fixed(static_cast<double>(row.calls) / steps, 1)});
  }
  const double rest_s = std::max(0.0, profile.seconds - known_s);
  table.row({"the rest", step_ms(profile, rest_s), share(profile, rest_s), ""});
  return table.text(out);
}

std::string operation_table(const Profile& profile, const Output& out) {
  using Align = Table::Align;
  Table table({{"operation", Align::left, Table::Fit::cut},
               {"ms a step", Align::right},
               {"share", Align::right},
               {"times a step", Align::right},
               {"on"}});
  const auto steps = static_cast<double>(profile.measured_steps);
  const std::size_t shown = std::min(shown_operations, profile.operations.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Profile::Row& row = profile.operations[i];
    table.row({row.name, step_ms(profile, row.seconds), share(profile, row.seconds),
               fixed(static_cast<double>(row.calls) / steps, 1), row.is_on_device ? "the GPU" : ""});
  }
  return table.text(out);
}

}  // namespace

std::string profile_text(const Profile& profile, const Output& out) {
  std::string shown =
      text(out.paint(Style::bold, "profile"), "  of ", count_text(profile.measured_steps, "step"),
           " after the first ", profile.skip, ", ", step_ms(profile, profile.seconds), " ms a step\n\n",
           phase_table(profile, out), '\n', operation_table(profile, out));
  if (profile.operations.size() > shown_operations) {
    shown += text("and ", profile.operations.size() - shown_operations, " more in the trace\n");
  }
  return shown + text("\ntrace  ", profile.trace_file, "\n");
}

}  // namespace assay::cli
