// A published experiment, run and judged: its studies are begun or gone on with, and expected.yaml says what
// they had to come to.
#pragma once

#include <string>

#include "core/json.h"
#include "runner/cli/command.h"

namespace assay::cli {

struct ExperimentWork {
  std::string runs_dir;
  std::string workers;  // as `--workers` was written; empty: by the processors
  std::string again;    // the command that goes on when it was stopped
  bool is_quick = false;
  bool is_quiet = false;
};

struct ExperimentDone {
  int exit_code = 0;  // 8 if a row is missed, 10 if it was stopped
  std::string text;   // the verdict, for the terminal; empty if it was stopped
  Json json;
};

/// folder: with experiment.yaml and expected.yaml. Everything is checked before anything runs. The verdict is
/// also written to verdict.md and verdict.json in the folder of the experiment's name in `runs_dir`; a quick
/// one to quick.md and quick.json.
ExperimentDone reproduce_experiment(Session& session, const std::string& folder, const ExperimentWork& work);

}  // namespace assay::cli
