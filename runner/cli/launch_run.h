// One run as a job of a cluster: the request is kept in the run's folder, with the text of every file that it
// read, and the job goes on from there until the run is done.
#pragma once

#include <string>

#include "runner/cli/command.h"
#include "runner/cli/execute.h"
#include "runner/cli/launch.h"

namespace assay::cli {

/// What a run is begun with, in `jobs/request.json` of its folder.
struct RunOrder {
  ConfigRequest request;  // means the same from every folder
  std::string runs_dir;   // absolute
  std::string again;      // the command that was typed
  std::string fork;       // as `--fork` had it; empty: none
  bool is_fast = false;
  bool is_strict = false;
  int processes = 1;  // that train it, in one task of the job
};

/// Submits the job of a checked run, unless it has one already, and says so; of a finished one prints the
/// result. Returns the exit code.
int launch_run(Session& session, Checked& plan, const RunOptions& options, const Cluster& cluster,
               RunOrder order);

/// Of a run's folder. Throws Kind::usage if it has none.
RunOrder get_run_order(const std::string& folder);

}  // namespace assay::cli
