#include "runner/cli/sweep_work.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <sched.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/environment.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/signals.h"
#include "runner/cli/sweep_view.h"
#include "runner/config/provenance.h"
#include "runner/config/secrets.h"
#include "runner/sweep/pool.h"

namespace assay::cli {
namespace {

constexpr std::int64_t most_workers = 1024;
constexpr std::chrono::milliseconds look_every(20);

std::int64_t n_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return std::max(1U, std::thread::hardware_concurrency());
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
            sweep::WorkerSeat& seat) {
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

int verdict(const SweepCounts& counts) {
  return counts.n_finished + counts.n_stopped > 0 ? 0 : exit_code(Kind::run);
}

}  // namespace

std::size_t default_workers(const sweep::Study& study) {
  const std::int64_t threads = std::max<std::int64_t>(study.config().experiment.threads.count, 1);
  return static_cast<std::size_t>(std::max<std::int64_t>(n_processors() / threads, 1));
}

std::size_t workers_of(const std::string& written, const sweep::Study& study) {
  if (written.empty()) return default_workers(study);
  const auto number = parse_integer(written);
  if (!number || *number < 1 || *number > most_workers) {
    throw Error(Kind::usage,
                text("--workers is '", printable(written), "', must be a number from 1 to ", most_workers),
                text("without it: ", default_workers(study), ", by the processors of this machine"));
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
  const sweep::Study& study = *open.study;
  const std::unique_ptr<Engine> engine = open_engine(*open.parts, open.registry->plugins());
  const sweep::TrialTools tools{
      study, folder, *open.parts, *engine, data, trial_environment(open.registry->plugins()), session.words};
  const StopOnSignal stop;
  SweepView view(session.err, study, folder, work.is_quiet);
  sweep::Pool pool(
      work.n_workers, [&](sweep::WorkerSeat& seat) { return do_work(session, tools, stop.flag(), seat); },
      [&](sweep::Trial trial, int attempt, const std::string& how) {
        if (trial == sweep::WorkerSeat::none) return;
        sweep::release(folder.trial(trial), attempt, store::RunState::lost, "crashed", how);
        view.say(text(sweep::to_string(trial), ": ", how));
      });
  bool is_asked = false;
  while (pool.is_running()) {
    if (stop.flag() && !std::exchange(is_asked, true)) {
      pool.stop();
      view.say("stopping: every trial ends at a checkpoint");
    }
    pool.look();
    view.update(pool.seats());
    std::this_thread::sleep_for(look_every);
  }
  view.clear();
  const sweep::Board& board = view.board();
  const int code = pool.exit_code();
  const bool is_over = board.are_all_over();
  if (code != 0 && code != exit_code(Kind::stopped)) return code;
  if (code == 0 || is_over) {
    print_sweep_result(session, study, board, folder, work.is_quiet);
    return verdict(counts_of(board));
  }
  const SweepCounts counts = counts_of(board);
  session.err.write(text("stopped with ", counts.n_ended(), " of ", counts.n,
                         " trials done; this goes on: ", work.again, '\n'));
  if (work.is_quiet) session.out.write(folder.path() + '\n');
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
