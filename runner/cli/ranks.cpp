#include "runner/cli/ranks.h"

#include "core/error.h"
#include "core/text.h"
#include "runner/cli/signals.h"
#include "runner/config/provenance.h"
#include "runner/launch/local_ranks.h"
#include "runner/launch/rank_variables.h"
#include "runner/prepare/step_checks.h"

namespace assay::cli {
namespace {

constexpr std::int64_t most_processes = 4096;

int count_of(const std::string& nproc) {
  const auto count = parse_integer(nproc);
  if (count && *count >= 1 && *count <= most_processes) return static_cast<int>(*count);
  throw Error(Kind::usage, text("--nproc is ", nproc, ", not a number from 1 to ", most_processes),
              "say how many processes train together, as --nproc 2");
}

}  // namespace

Processes find_processes(const std::string& nproc, int otherwise) {
  Processes processes{nproc.empty() ? otherwise : count_of(nproc), launch::rank_place_of_this_process()};
  if (!processes.place) return processes;
  const int started = processes.place->size;
  if (!nproc.empty() && processes.count != started) {
    throw Error(Kind::usage, text("--nproc is ", nproc, ", but this process is one of ", started),
                "leave out --nproc where torchrun or srun starts the processes");
  }
  processes.count = started;
  return processes;
}

int processes_of(const Json& environment) {
  const Json* count = environment.find(processes_key);
  return count == nullptr ? 1 : static_cast<int>(count->integer());
}

void refuse_what_cannot_be_shared(const Checked& plan, const Processes& processes) {
  if (processes.count == 1) return;
  std::vector<Problem> problems;
  preparing::check_sharing(plan.config.experiment, processes.count, problems);
  place(problems, plan.config.composed);
  throw_if_any(Kind::config, problems);
}

int run_in_processes(const Session& session, const Processes& processes, const std::string& again) {
  const StopOnSignal stop;
  launch::LocalRanks ranks({session.words.begin() + 1, session.words.end()}, processes.count);
  const launch::RanksEnd end = ranks.wait(stop.flag());
  if (end.cause.empty()) return end.exit_code;
  throw Error(Kind::run, "the run failed: " + end.cause, "this goes on: " + again);
}

}  // namespace assay::cli
