// Works on a study until it is over: what `sweep`, `sweep resume` and `worker` have in common.
#pragma once

#include <cstddef>
#include <string>

#include "runner/cli/command.h"
#include "runner/cli/open_study.h"
#include "runner/cli/sweep_view.h"
#include "runner/launch/job.h"
#include "runner/sweep/attempt.h"
#include "runner/sweep/board.h"

namespace assay::cli {

struct SweepWork {
  std::size_t n_workers = 1;
  std::string again;  // the command that goes on when it was stopped
  bool is_quiet = false;
  bool prints_result = true;  // or, with `is_quiet`, the folder
  /// Nobody said how many: at most `n_workers`, as far as other sweeps have left lanes of this machine; waits
  /// for the first.
  bool takes_what_is_free = false;
  /// That this process is a task of: its end stops the trials, and it comes back if there is more to do. Null:
  /// none.
  launch::Job* job = nullptr;
};

/// The lanes of this machine: the processors that this process may use, by what a trial takes of them, or the
/// GPUs.
std::size_t default_workers(const sweep::Study& study);
/// Of `--workers`; empty: default_workers. Throws Kind::usage for what is no number from 1 to 1024.
std::size_t workers_of(const std::string& written, const sweep::Study& study);

/// Throws every problem of the data and the models that the study's config itself asks for, as `check` does;
/// the data stay in `data`.
void check_study_data(const OpenStudy& open, sweep::DataCache& data);

/// Throws Kind::data if the files that the config names are not those that the study was begun with.
void require_same_data(const sweep::Spec& spec, const Prepared& prepared);

/// Workers in processes of their own until the study is over or stopped. Returns the exit
/// code: 0, 1 if no trial ended well, 10 if it was stopped.
int work_on(Session& session, OpenStudy& open, const sweep::StudyFolder& folder, sweep::DataCache& data,
            const SweepWork& work);

/// The exit code of a study that is over: 1 if no trial ended well.
int verdict(const SweepCounts& counts);

/// How the study ended, on stdout; with `is_quiet` its folder alone.
void print_sweep_result(Session& session, const sweep::Study& study, const sweep::Board& board,
                        const sweep::StudyFolder& folder, bool is_quiet);

}  // namespace assay::cli
