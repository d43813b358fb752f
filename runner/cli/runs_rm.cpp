// `assay runs rm` and `assay runs gc`: taking runs away, and what ended runs have left behind.
#include <algorithm>
#include <iostream>

#include <unistd.h>

#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/problems.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_choice.h"
#include "runner/cli/table.h"
#include "runner/store/remove_run.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// True for a yes that somebody typed.
bool is_agreed(Output& err, const std::string& question) {
  err.write(question + " [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

class RunsRm final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Removes runs with all they hold, checkpoints too. Asks first, unless --yes is given. A run that is "
        "running "
        "stays, and so does everything then. What could not be removed is named.";
    choice_.describe(syntax, "to remove");
    syntax.flag("--yes", is_agreed_, "does not ask");
    syntax.example("assay runs rm 3f2a", "one run");
    syntax.example("assay runs rm --where 'state = failed and step < 100' --yes", "those that failed early");
  }

  int run(Session& session) override {
    const std::vector<store::RunSummary> runs = choice_.runs("runs rm");
    refuse_running(runs);
    std::uint64_t bytes = 0;
    for (const store::RunSummary& run : runs) bytes += store::bytes_below(run.folder);
    const std::string what = text(count_text(std::ssize(runs), "run"), ", ", bytes_text(bytes));
    if (!is_agreed_ && !ask(session.err, runs, what)) {
      session.err.write("nothing was removed\n");
      return 0;
    }
    std::vector<Problem> problems;
    for (const store::RunSummary& run : runs) {
      try {
        store::remove_run(run.folder);
        session.out.write(text("removed ", run_name(run), '\n'));
      } catch (const Error& error) {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
      }
    }
    throw_if_any(Kind::store, problems);
    return 0;
  }

 private:
  static void refuse_running(const std::vector<store::RunSummary>& runs) {
    std::vector<Problem> problems;
    for (const store::RunSummary& run : runs) {
      if (run.state == store::RunState::running)
        problems.push_back({Where::path(run.folder), {}, "is running; nothing was removed", "stop it first"});
    }
    throw_if_any(Kind::store, problems);
  }

  static bool ask(Output& err, const std::vector<store::RunSummary>& runs, const std::string& what) {
    if (isatty(STDIN_FILENO) == 0) {
      throw Error(Kind::usage, text("runs rm: nobody can be asked whether to remove ", what),
                  "--yes removes them without a question");
    }
    constexpr std::size_t n_shown = 20;
    for (std::size_t i = 0; i < std::min(n_shown, runs.size()); ++i)
      err.write(text("  ", run_name(runs[i]), "  ", to_string(runs[i].state), '\n'));
    if (runs.size() > n_shown) err.write(text("  and ", runs.size() - n_shown, " more\n"));
    return is_agreed(err, text("remove ", what, '?'));
  }

  RunsChoice choice_;
  bool is_agreed_ = false;
};

class RunsGc final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Lists what ended runs have left behind and nothing needs: *.tmp of killed processes, what is left "
        "of removed "
        "runs; of finished runs checkpoints that the record does not keep, and journals whose rows are in "
        "run.h5. "
        "--yes removes it. Nothing of a run that is running is touched.";
    runs_.describe(syntax);
    syntax.flag("--yes", is_agreed_, "removes what is listed");
    syntax.example("assay runs gc", "what there is");
    syntax.example("assay runs gc --yes", "remove it");
  }

  int run(Session& session) override {
    const std::vector<store::Waste> all = store::find_waste(store::list_runs(runs_.path()), runs_.path());
    Table table({{{}, Table::Align::left, Table::Fit::cut}, {{}, Table::Align::right}, {{}}});
    std::uint64_t bytes = 0;
    for (const store::Waste& one : all) {
      if (is_agreed_) store::remove_waste(one);
      table.row({printable(one.path), bytes_text(one.bytes), one.why});
      bytes += one.bytes;
    }
    session.out.write(table.text(session.out));
    session.err.write(all.empty()
                          ? std::string("nothing to remove\n")
                          : text(bytes_text(bytes), is_agreed_ ? " removed\n" : "; --yes removes it\n"));
    return 0;
  }

 private:
  RunsFolder runs_;
  bool is_agreed_ = false;
};

}  // namespace

std::unique_ptr<Command> make_runs_rm() { return std::make_unique<RunsRm>(); }
std::unique_ptr<Command> make_runs_gc() { return std::make_unique<RunsGc>(); }

}  // namespace assay::cli
