#include "runner/cli/sweep_work.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/build_info.h"
#include "runner/cli/environment.h"
#include "runner/cli/launch.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/signals.h"
#include "runner/cli/sweep_view.h"
#include "runner/config/provenance.h"
#include "runner/config/secrets.h"
#include "runner/sweep/lanes.h"
#include "runner/sweep/pool.h"

namespace assay::cli {
namespace {

constexpr std::int64_t most_workers = 1024;
constexpr std::chrono::milliseconds look_every(20);

constexpr std::chrono::milliseconds look_for_lanes_every(500);

std::vector<sweep::Lane> lanes_for(const sweep::Study& study) {
  const Experiment& experiment = study.config().experiment;
  sweep::Machine machine = sweep::this_machine();
  const bool is_left_to_us = experiment.device == "auto";
  if (is_left_to_us && !build_info::torch_has_cuda) machine.gpus.clear();  // `auto` means the CPU then
  return lanes_of(machine, {experiment.threads.count, experiment.device});
}

/// How many workers, with lanes for them as far as there are any.
std::size_t reserve(sweep::Lanes& lanes, const SweepWork& work, const std::atomic<bool>& stop, Output& err) {
  if (work.job != nullptr) return work.n_workers;  // the scheduler has reserved them
  std::size_t n = lanes.take(work.n_workers);
  if (!work.takes_what_is_free) return work.n_workers;
  if (n == 0)
    err.write(text("waiting: other sweeps have reserved ",
                   lanes.n_in_all() == 1 ? "the only lane" : "all lanes",
                   " of this machine; with --workers N this one would not wait\n"));
  while (n == 0 && !stop) {
    std::this_thread::sleep_for(look_for_lanes_every);
    n = lanes.take(work.n_workers);
  }
  return std::max<std::size_t>(n, 1);
}

/// What a record needs of the machine; what the sources have beyond the commit is long and the same for all.
Json trial_environment(const std::vector<PluginInfo>& plugins) {
  Json all = environment(plugins);
  for (auto& [key, value] : all.entries()) {
    if (key == "source_changes" && value.is_map())
      std::erase_if(value.entries(), [](const auto& entry) { return entry.first == "text"; });
  }
  return all;
}

/// In the worker's process.
int do_work(Session& session, const sweep::TrialTools& tools, const std::atomic<bool>& stop,
            const sweep::Lane& lane, sweep::WorkerSeat& seat) {
  if (!lane.gpu.empty()) ::setenv("CUDA_VISIBLE_DEVICES", lane.gpu.c_str(), 1);  // read when it is first used
  try {
    sweep::Worker worker(tools, stop, &seat);
    return worker.work() == sweep::Worker::End::all_over ? 0 : exit_code(Kind::stopped);
  } catch (const Error& error) {
    print_problems(session.err, error.problems());
    return exit_code(error.kind());
  } catch (const std::exception& error) {
    print_problems(session.err, {{{}, {}, text("unexpected, in a worker: ", error.what()), {}}});
    return exit_code(Kind::internal);
  }
}

bool has_worked(const sweep::Pool& pool) {
  return std::any_of(pool.seats().begin(), pool.seats().end(),
                     [](const sweep::WorkerSeat& seat) { return seat.busy_s > 0; });
}

}  // namespace

int verdict(const SweepCounts& counts) {
  return counts.n_finished + counts.n_stopped > 0 ? 0 : exit_code(Kind::run);
}

std::size_t default_workers(const sweep::Study& study) { return lanes_for(study).size(); }

std::size_t workers_of(const std::string& written, const sweep::Study& study) {
  if (written.empty()) return default_workers(study);
  const auto number = parse_integer(written);
  if (!number || *number < 1 || *number > most_workers) {
    throw Error(Kind::usage,
                text("--workers is '", printable(written), "', must be a number from 1 to ", most_workers),
                text("without it: ", default_workers(study), ", by the lanes of this machine"));
  }
  return static_cast<std::size_t>(*number);
}

void check_study_data(const OpenStudy& open, sweep::DataCache& data) {
  const LoadedConfig& config = open.study->config();
  std::vector<Problem> problems = missing_secrets(config, *open.registry);
  Kind kind = Kind::config;
  try {
    data.get(config.experiment);
  } catch (const Error& error) {
    kind = error.kind();
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
  place(problems, config.composed);
  note_overrides(problems, config.composed, Cause::related);
  throw_if_any(kind, problems);
}

void require_same_data(const sweep::Spec& spec, const Prepared& prepared) {
  std::vector<Problem> problems;
  for (const DataFile& file : prepared.files) {
    const bool is_known = std::any_of(spec.data.begin(), spec.data.end(), [&](const store::DataFile& known) {
      return known.sha256 == file.sha256;
    });
    if (!is_known)
      problems.push_back({Where::path(file.path),
                          {},
                          "is not what the study was begun with: its digest is another one",
                          "ASSAY_DATA, or dataset.root in the config, say where data lies"});
  }
  throw_if_any(Kind::data, problems);
}

int work_on(Session& session, OpenStudy& open, const sweep::StudyFolder& folder, sweep::DataCache& data,
            const SweepWork& work) {
  add_revisions(open, folder);
  open_what_trains(open);
  const sweep::Study& study = *open.study;
  const sweep::TrialTools tools{study,        folder, *open.parts,
                                *open.engine, data,   trial_environment(open.registry->plugins()),
                                session.words};
  const StopOnSignal stop;
  sweep::Lanes lanes(sweep::lanes_folder(), lanes_for(study));
  const std::size_t n_workers = reserve(lanes, work, stop.flag(), session.err);
  SweepView view(session.err, study, folder, work.is_quiet);
  sweep::Pool pool(
      n_workers,
      [&](sweep::WorkerSeat& seat) {
        return do_work(session, tools, stop.flag(), lanes.lane_of(seat.place), seat);
      },
      [&](const sweep::Crash& crash) {
        sweep::release(folder, crash);
        if (crash.trial != sweep::WorkerSeat::none)
          view.say(text(sweep::to_string(crash.trial), ": ", crash.how));
      });
  bool is_asked = false;
  while (true) {
    pool.look();
    view.update(pool.seats());
    if (!pool.is_running()) break;
    if (!is_asked && (stop.flag() || (work.job != nullptr && work.job->is_ending()))) {
      is_asked = true;
      pool.stop();
      view.say("stopping: every trial ends at a checkpoint");
    }
    std::this_thread::sleep_for(look_every);
  }
  view.clear();
  if (!pool.gave_up().empty()) {
    throw Error(Kind::internal,
                text("three workers in a row ended before they found a trial; the last: ", pool.gave_up()),
                text("what is done is kept; this goes on: ", work.again));
  }
  const sweep::Board& board = view.board();
  const int code = pool.exit_code();
  const bool is_over = board.are_all_over();
  if (code != 0 && code != exit_code(Kind::stopped)) return code;
  if (code == 0 || is_over) {
    if (work.job != nullptr) work.job->cancel_waiting_siblings();
    if (work.prints_result) print_sweep_result(session, study, board, folder, work.is_quiet);
    return verdict(counts_of(board));
  }
  const SweepCounts counts = counts_of(board);
  session.err.write(text("stopped with ", counts.n_ended(), " of ", counts.n,
                         " trials done; this goes on: ", work.again, '\n'));
  if (work.prints_result && work.is_quiet) session.out.write(folder.path() + '\n');
  if (work.job != nullptr)
    leave_job(session, *work.job, stop, has_worked(pool), [&] { return folder.is_stopping(); });
  return exit_code(Kind::stopped);
}

void print_sweep_result(Session& session, const sweep::Study& study, const sweep::Board& board,
                        const sweep::StudyFolder& folder, bool is_quiet) {
  if (is_quiet) return session.out.write(folder.path() + '\n');
  Facts facts{{"trials", counts_text(counts_of(board))}};
  for (const std::string& line : best_lines(study, board)) facts.emplace_back("best", line);
  facts.emplace_back("study", folder.path());
  const std::string name = text(base_name(parent_folder(folder.path())), '/', base_name(folder.path()));
  session.out.write(text(session.out.paint(Style::green, "finished"), "  ", printable(name), '\n',
                         facts_text(facts, session.out), summary_table(study, board, session.out)));
}

}  // namespace assay::cli
