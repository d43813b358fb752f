// A study of a config, checked and ready to be begun or gone on with: what `sweep` and `reproduce` have in
// common.
//
//   PlannedStudy planned = plan_study(request, {.runs_dir = "runs"});     // throws what is wrong; touches
//   nothing begin_study(planned, session); work_on(session, planned.open, planned.folder, *planned.data,
//   work);
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "runner/cli/command.h"
#include "runner/cli/open_study.h"
#include "runner/sweep/attempt.h"
#include "runner/sweep/plan.h"

namespace assay::cli {

struct StudyPlanning {
  std::string runs_dir;
  std::string workers;           // as `--workers` was written; empty: by the processors
  std::int64_t most_trials = 0;  // more are an error; 0: any number
};

struct PlannedStudy {
  OpenStudy open;
  std::unique_ptr<sweep::DataCache> data;  // of the study's config
  sweep::Plan plan;
  std::string digest;
  sweep::StudyFolder folder;
  std::size_t n_workers = 1;
};

/// Binds and checks all of it, data included. Throws Kind::config with every problem, Kind::data,
/// Kind::usage.
PlannedStudy plan_study(const ConfigRequest& request, const StudyPlanning& planning);

/// Opens what trains, then writes down what the study is, or what further trials it gets; a stop that was
/// asked for is taken back. Throws Kind::store if its folder is of another study, Kind::data if the data are
/// not those that it was begun with, Kind::plugin if there is nothing that trains: then no study is left
/// behind.
void begin_study(PlannedStudy& planned, const Session& session);

}  // namespace assay::cli
