// Several processes that train one run: whether this one is one of them, or starts and watches them.
#pragma once

#include <optional>
#include <string>

#include "registry/contracts/ranks.h"
#include "runner/cli/checked.h"
#include "runner/cli/command.h"

namespace assay::cli {

struct Processes {
  int count = 1;
  std::optional<RankPlace> place;  // this process is one of them; else it starts them, if there are several

  bool is_rank() const { return place.has_value(); }
  bool is_first() const { return !place || place->rank == 0; }
  /// Whether nobody else says what the config's checks found.
  bool tells() const { return !place || (place->rank == 0 && place->listening < 0); }
};

/// nproc: of the command line; empty if it was not given, for `otherwise`. Throws Kind::usage for a number
/// that is none, and where it is not that of whoever started this process.
Processes find_processes(const std::string& nproc, int otherwise = 1);

/// How many processes train a run, in the environment of its attempts; not there: one.
inline constexpr const char* processes_key = "processes";
int processes_of(const Json& environment);

/// Throws Kind::config with all that several processes cannot do together.
void refuse_what_cannot_be_shared(const Checked& plan, const Processes& processes);

/// Starts the processes with the words of this command, and returns rank 0's exit code once all have ended.
/// again: the command that goes on. Throws Kind::run for a run that nobody is left to speak for.
int run_in_processes(const Session& session, const Processes& processes, const std::string& again);

}  // namespace assay::cli
