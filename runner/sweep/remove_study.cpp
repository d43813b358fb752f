#include "runner/sweep/remove_study.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/io/file_stamp.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/remove_run.h"
#include "runner/store/run_index.h"
#include "runner/sweep/ledger.h"

namespace assay::sweep {
namespace {

std::string process_text(const store::Claim& claim) {
  return text("process ", claim.pid, " of ", printable(claim.host));
}

/// Where a worker's machine cannot be seen, its log tells: every trial writes to it.
bool may_work(const WorkerLog& log) {
  constexpr std::int64_t silent_after_ns = 600'000'000'000;
  const store::Liveness liveness = store::liveness_of(log.worker);
  if (liveness != store::Liveness::unseen) return liveness == store::Liveness::alive;
  const auto stamp = file_stamp(log.path);
  return stamp && system_clock().wall_ns() - stamp->changed_ns < silent_after_ns;
}

}  // namespace

std::optional<std::string> find_work_on(const StudyFolder& folder) {
  for (const store::RunSummary& trial : store::list_runs(folder.path())) {
    if (trial.state != store::RunState::running) continue;
    const store::RunStatus status = store::status_of(trial.folder);
    const std::string name = text("trial ", base_name(trial.folder), " runs");
    return status.claim ? text(name, " in ", process_text(*status.claim)) : name;
  }
  for (const WorkerLog& log : worker_logs(folder.workers())) {
    if (may_work(log)) return "a worker waits in " + process_text(log.worker);
  }
  return std::nullopt;
}

void remove_study(const StudyFolder& folder) {
  if (const auto work = find_work_on(folder)) {
    throw Error(Kind::store, Problem{Where::path(folder.path()),
                                     {},
                                     text("is worked on: ", *work, "; nothing was removed"),
                                     text("`assay sweep stop ", folder.path(), "` ends it first")});
  }
  store::remove_whole(folder.path());
}

}  // namespace assay::sweep
