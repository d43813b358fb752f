// `assay sweep status`: how a study stands. Loads no LibTorch.
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/launch.h"
#include "runner/cli/open_study.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/sweep_view.h"
#include "runner/store/run_folder.h"

namespace assay::cli {
namespace {

struct Standing {
  SweepCounts counts;
  std::int64_t n_running = 0;  // of the open ones, those that somebody works on
  std::int64_t n_paused = 0;
  std::int64_t n_waiting = 0;  // lost or stopped: whoever comes next goes on with them
};

Standing standing_of(const sweep::Board& board, const sweep::StudyFolder& folder) {
  Standing out{counts_of(board)};
  for (const sweep::Trial trial : board.open()) {
    const store::RunStatus status = store::status_of(folder.trial(trial));
    if (status.state == store::RunState::running) {
      ++out.n_running;
    } else if (board.paused_attempt(trial) == status.attempt && status.attempt > 0) {
      ++out.n_paused;
    } else {
      ++out.n_waiting;
    }
  }
  return out;
}

/// What a cluster's queue has of it.
struct Queue {
  bool is_asked = false;  // jobs were submitted, and are of use
  std::vector<QueuedJobs> jobs;
  std::string problem;
};

Queue queue_of(const OpenStudy& open, const Standing& now, const sweep::StudyFolder& folder) {
  Queue queue;
  queue.is_asked = now.counts.n_ended() < now.counts.n && exists(join_path(folder.path(), "jobs"));
  if (queue.is_asked) queue.jobs = queued(open, folder, queue.problem);
  return queue;
}

std::string state_of(const Standing& now, const Queue& queue, const sweep::StudyFolder& folder) {
  if (now.counts.n_ended() == now.counts.n) return "finished";
  if (now.n_running > 0) return folder.is_stopping() ? "stopping" : "running";
  return queue.jobs.empty() ? "stopped" : "queued";
}

Json json_of(const Queue& queue) {
  Json jobs = Json::list();
  for (const QueuedJobs& some : queue.jobs) {
    const bool waits = some.stand == QueuedJobs::Stand::waits;
    const bool runs = some.stand == QueuedJobs::Stand::runs;
    jobs.push(Json(Json::Map{{"state", waits  ? "waits"
                                       : runs ? "runs"
                                              : "ends"},
                             {"jobs", some.n},
                             {"reason", some.reason},
                             {"start", some.start}}));
  }
  return jobs;
}

Json json_of(const Standing& now, const Queue& queue, const std::string& state,
             const sweep::StudyFolder& folder) {
  Json reasons = Json::map();
  for (const auto& [reason, count] : now.counts.reasons) reasons.set(reason, count);
  Json json;
  json.set("study", folder.path());
  json.set("state", state);
  json.set("trials", now.counts.n);
  json.set("finished", now.counts.n_finished);
  json.set("stopped", now.counts.n_stopped);
  json.set("failed", now.counts.n_failed);
  json.set("reasons", std::move(reasons));
  json.set("running", now.n_running);
  json.set("paused", now.n_paused);
  json.set("waiting", now.n_waiting);
  if (queue.is_asked) json.set("queue", queue.problem.empty() ? json_of(queue) : Json());
  return json;
}

class Status final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "How a study stands: trials that are done, running, failed and why, and the best so far. Reads the "
        "study's folder only, so it works from any machine and while nobody works on it; where jobs of a "
        "cluster are to work on it, its queue says why they wait.";
    study_.describe(syntax);
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay sweep status 3f2a", "the study whose id begins so");
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    const OpenStudy open = open_study(folder);
    sweep::Board board(*open.study, folder);
    board.refresh();
    board.look();
    const Standing now = standing_of(board, folder);
    const Queue queue = queue_of(open, now, folder);
    const std::string state = state_of(now, queue, folder);
    if (format_ == "json") {
      session.out.write(to_text(json_of(now, queue, state, folder), 2) + '\n');
      return 0;
    }
    const std::string name = text(base_name(parent_folder(folder.path())), '/', base_name(folder.path()));
    Facts facts{{"done", text(now.counts.n_ended(), " of ", now.counts.n, ": ", counts_text(now.counts))}};
    if (now.n_running > 0) facts.emplace_back("running", text(now.n_running));
    if (now.n_paused > 0) facts.emplace_back("paused", text(now.n_paused, ", by the pruner"));
    if (now.n_waiting > 0) facts.emplace_back("interrupted", text(now.n_waiting));
    if (queue.is_asked)
      facts.emplace_back("queue", queue.problem.empty() ? queue_text(queue.jobs)
                                                        : "cannot be asked: " + printable(queue.problem));
    for (const std::string& line : best_lines(*open.study, board)) facts.emplace_back("best", line);
    facts.emplace_back("study", folder.path());
    if (state == "stopped")
      facts.emplace_back("to go on", "assay sweep resume " + shell_quoted(folder.path()));
    session.out.write(text(session.out.paint(Style::bold, state), "  ", printable(name), '\n',
                           facts_text(facts, session.out)));
    return 0;
  }

 private:
  StudyArgument study_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_sweep_status() { return std::make_unique<Status>(); }

}  // namespace assay::cli
