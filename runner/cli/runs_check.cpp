// `assay runs check`: whether the files of runs are what they were when they were written.
#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/problems.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

class RunsCheck final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Reads every file of a run, or of all runs, and compares it with its digest: journals, run.h5 of "
        "finished "
        "runs, and checkpoints. Changes nothing. Exits with 5 if something is damaged or missing.";
    syntax.optional_positional("RUN", run_,
                               "its folder, its id or the beginning of it, or its name; without: all");
    runs_.describe(syntax);
    syntax.example("assay runs check", "is everything in ./runs as it was written?");
    syntax.example("assay runs check 3f2a", "one run");
  }

  int run(Session& session) override {
    std::vector<store::RunSummary> runs;
    if (run_.empty()) {
      runs = store::list_runs(runs_.path());
    } else {
      runs.push_back(store::find_run(runs_.path(), run_));
    }
    std::int64_t n_damaged = 0;
    CountLine line(session.err, "checked", runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
      line.show(i);
      const std::vector<Problem> problems = store::check_run(runs[i].folder);
      line.clear();
      show(session, runs[i], problems);
      n_damaged += problems.empty() ? 0 : 1;
    }
    const auto count = static_cast<std::int64_t>(runs.size());
    session.out.write(n_damaged == 0 ? text(count_text(count, "run"), " whole\n")
                                     : text(n_damaged, " of ", count_text(count, "run"), " damaged\n"));
    return n_damaged == 0 ? 0 : exit_code(Kind::store);
  }

 private:
  static void show(Session& session, const store::RunSummary& run, const std::vector<Problem>& problems) {
    session.out.write(text(problems.empty() ? session.out.paint(Style::green, "whole  ")
                                            : session.out.paint(Style::red, "damaged"),
                           "  ", run_name(run), '\n'));
    print_problems(session.err, problems);
  }

  std::string run_;
  RunsFolder runs_;
};

}  // namespace

std::unique_ptr<Command> make_runs_check() { return std::make_unique<RunsCheck>(); }

}  // namespace assay::cli
