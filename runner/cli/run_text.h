// How runs are put into words, the same in every command.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "runner/cli/output.h"
#include "runner/store/summary.h"

namespace assay::cli {

/// `digits-mlp/3f2a91c0de`: what find_run takes.
std::string run_name(const store::RunSummary& run);

/// `just now`, `5 min ago`, `3 h ago`, `yesterday`, or the date.
std::string age_text(std::int64_t then_ns, std::int64_t now_ns);
/// `2026-03-01 12:30:05`, in the machine's time zone.
std::string local_time(std::int64_t wall_ns);

/// The number that says most about a run: of test, else the best one kept, else of valid; a score before the
/// loss.
std::optional<std::pair<std::string, double>> headline(const store::RunSummary& run);

/// Why a run failed, and the hint that its message may end in, as to_string(Problem) writes it.
std::pair<std::string, std::string> cause_and_hint(const std::string& message);

Style style_of(store::RunState state);

}  // namespace assay::cli
