// `assay runs rm` and `assay runs gc`: taking runs away, and what ended runs have left behind.
#include <algorithm>
#include <functional>
#include <iostream>

#include <unistd.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/problems.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_choice.h"
#include "runner/cli/table.h"
#include "runner/store/remove_run.h"
#include "runner/store/run_index.h"
#include "runner/sweep/remove_study.h"

namespace assay::cli {
namespace {

/// True for a yes that somebody typed.
bool is_agreed(Output& err, const std::string& question) {
  err.write(question + " [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// What is to be removed: studies, and runs that are no part of one.
struct Removal {
  std::vector<sweep::StudyFolder> studies;
  std::vector<store::RunSummary> runs;

  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const sweep::StudyFolder& study : studies) sum += store::bytes_below(study.path());
    for (const store::RunSummary& run : runs) sum += store::bytes_below(run.folder);
    return sum;
  }
  /// `2 runs, 14.3 MB`, `1 sweep and 2 runs, 14.3 MB`
  std::string words() const {
    std::vector<std::string> parts;
    if (!studies.empty()) parts.push_back(count_text(std::ssize(studies), "sweep"));
    if (!runs.empty()) parts.push_back(count_text(std::ssize(runs), "run"));
    return text(join(parts, " and "), ", ", bytes_text(bytes()));
  }
};

std::string study_name(const sweep::StudyFolder& study) {
  return printable(text(base_name(parent_folder(study.path())), '/', base_name(study.path())));
}

class RunsRm final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Removes runs with all they hold, checkpoints too, and sweeps with all their trials. Asks first, "
        "unless "
        "--yes is given. What somebody works on stays, and so does everything then; a single trial stays, as "
        "its sweep counts on it. What could not be removed is named.";
    choice_.describe(syntax, "to remove");
    syntax.flag("--yes", is_agreed_, "does not ask");
    syntax.example("assay runs rm 3f2a", "one run, or one sweep");
    syntax.example("assay runs rm --where 'state = failed and step < 100' --yes", "those that failed early");
  }

  int run(Session& session) override {
    Removal removal{choice_.take_studies(), {}};
    if (removal.studies.empty() || !choice_.is_empty()) removal.runs = choice_.runs("runs rm");
    refuse_what_must_stay(removal);
    if (!is_agreed_ && !ask(session.err, removal)) {
      session.err.write("nothing was removed\n");
      return 0;
    }
    std::vector<Problem> problems;
    const auto remove = [&](const std::string& name, const std::function<void()>& work) {
      try {
        work();
        session.out.write(text("removed ", name, '\n'));
      } catch (const Error& error) {
        problems.insert(problems.end(), error.problems().begin(), error.problems().end());
      }
    };
    for (const sweep::StudyFolder& study : removal.studies)
      remove(study_name(study), [&] { sweep::remove_study(study); });
    for (const store::RunSummary& run : removal.runs)
      remove(run_name(run), [&] { store::remove_run(run.folder); });
    throw_if_any(Kind::store, problems);
    return 0;
  }

 private:
  /// All of it is said at once, and nothing is removed then.
  static void refuse_what_must_stay(const Removal& removal) {
    std::vector<Problem> problems;
    const auto refuse = [&](const std::string& folder, const std::string& why, const std::string& hint) {
      problems.push_back({Where::path(folder), {}, why + "; nothing was removed", hint});
    };
    for (const sweep::StudyFolder& study : removal.studies) {
      if (const auto work = sweep::find_work_on(study))
        refuse(study.path(), "is worked on: " + *work,
               text("`assay sweep stop ", shell_quoted(study.path()), "` ends it first"));
    }
    for (const store::RunSummary& run : removal.runs) {
      if (run.state == store::RunState::running) refuse(run.folder, "is running", "stop it first");
    }
    throw_if_any(Kind::store, problems);
    for (const store::RunSummary& run : removal.runs) {
      const auto study = store::study_of_trial(run.folder);
      if (study)
        refuse(run.folder, "is a trial of a sweep, whose results and further trials count on it",
               text("a sweep is removed as a whole: `assay runs rm ", shell_quoted(*study), '`'));
    }
    throw_if_any(Kind::usage, problems);
  }

  static bool ask(Output& err, const Removal& removal) {
    const std::string what = removal.words();
    if (isatty(STDIN_FILENO) == 0) {
      throw Error(Kind::usage, text("runs rm: nobody can be asked whether to remove ", what),
                  "--yes removes them without a question");
    }
    constexpr std::size_t n_shown = 20;
    const std::vector<store::RunSummary>& runs = removal.runs;
    for (const sweep::StudyFolder& study : removal.studies)
      err.write(text("  ", study_name(study), "  sweep\n"));
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
    const std::vector<store::RunSummary> runs = store::list_runs(runs_.path());
    CountLine line(session.err, "looked at", runs.size());
    const std::vector<store::Waste> all =
        store::find_waste(runs, runs_.path(), [&](std::size_t done) { line.show(done); });
    line.clear();
    Table table({{{}, Table::Align::left, Table::Fit::cut}, {{}, Table::Align::right}, {{}}});
    std::uint64_t bytes = 0;
    std::vector<Problem> problems;
    CountLine removed(session.err, "removed", all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      removed.show(i);
      if (is_agreed_ && !remove(all[i], problems)) continue;
      table.row({printable(all[i].path), bytes_text(all[i].bytes), all[i].why});
      bytes += all[i].bytes;
    }
    removed.clear();
    session.out.write(table.text(session.out));
    session.err.write(all.empty()
                          ? std::string("nothing to remove\n")
                          : text(bytes_text(bytes), is_agreed_ ? " removed\n" : "; --yes removes it\n"));
    throw_if_any(Kind::store, problems);
    return 0;
  }

 private:
  static bool remove(const store::Waste& waste, std::vector<Problem>& problems) {
    try {
      store::remove_waste(waste);
      return true;
    } catch (const Error& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
      return false;
    }
  }

  RunsFolder runs_;
  bool is_agreed_ = false;
};

}  // namespace

std::unique_ptr<Command> make_runs_rm() { return std::make_unique<RunsRm>(); }
std::unique_ptr<Command> make_runs_gc() { return std::make_unique<RunsGc>(); }

}  // namespace assay::cli
