// A checked experiment to its record and its printed result: what `run`, `resume` and forks have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "registry/contracts/engine.h"
#include "runner/cli/checked.h"
#include "runner/cli/command.h"
#include "runner/cli/ranks.h"
#include "runner/store/record.h"

namespace assay::cli {

/// The checkpoint of another run that a run begins with.
struct ForkPoint {
  std::string run;  // "digits-mlp/3f2a91c0de"
  std::int64_t step = 0;
  std::string digest;                // of the checkpoint: the run's identity rests on it
  std::optional<ResumePoint> point;  // not needed by a fork that has checkpoints of its own
};

/// The recorded run that a run is to repeat.
struct Repeated {
  std::string run;                      // "digits-mlp/3f2a91c0de"
  std::string folder;                   // where it lies
  Json environment;                     // as it was recorded
  std::vector<std::string> other_data;  // files that are not those of then, in words
};

struct RunOptions {
  std::string runs_dir;
  std::string again;  // the command that goes on when the run was stopped
  bool is_fast = false;
  bool is_new = false;
  bool is_dry = false;
  bool is_quiet = false;
  bool is_profiled = false;
  bool is_strict = false;        // refuse to go on where something changed
  ForkPoint* fork = nullptr;     // null: no fork
  std::string only_folder = {};  // of `resume`: the run that must be the one to go on with
  /// Its name goes to the record, and what changed since is said before anything runs. Null: none.
  const Repeated* repeated = nullptr;
  bool prints_result = true;
  const Processes* processes = nullptr;  // that train it; null: this one alone
};

struct Executed {
  int exit_code = 0;
  std::string folder;  // of the run; empty for a dry run
};

/// The run's id, without a suffix. A run of one batch a phase, and one that begins with the weights of
/// another, are other runs than the plain one, though their config is the same.
std::string identity_of(const Checked& plan, bool is_fast, const ForkPoint* fork);

/// Trains, or goes on, or prints the result of a run that is finished. Throws Kind::run for a run that
/// failed.
Executed execute(Session& session, Checked& plan, const RunOptions& options);

/// `ran` is what `now` repeats, by the record of `now`.
bool repeats(const store::Record& now, const std::string& ran);

}  // namespace assay::cli
