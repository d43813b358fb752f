// `assay runs tail`: what happened last in a run.
#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/run_following.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/signals.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

class RunsTail final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Prints the last events of a run: evaluations, checkpoints, epochs, and how it ended. With --follow "
        "it goes "
        "on until the run ends, or Ctrl-C, which the run does not notice.";
    syntax.positional("RUN", run_, "its folder, its id or the beginning of it, or its name");
    runs_.describe(syntax);
    syntax.option("--lines", "N", lines_, "so many events (default 20; 0: all)");
    syntax.flag("--follow", follows_, "prints what comes, too");
    syntax.example("assay runs tail 3f2a --follow", "what it is doing");
  }

  int run(Session& session) override {
    const std::size_t n_lines = n_wanted();
    RunFollowing following(store::find_run(runs_.path(), run_).folder);
    const StopOnSignal signals;
    const bool has_record = following.look();
    if (!has_record && !follows_)
      throw Error(Kind::store,
                  Problem{Where::path(following.run().summary.folder), {}, "holds no record yet", {}});
    std::size_t n_printed = 0;
    const std::size_t n_events = following.run().record.events.size();
    if (n_lines > 0) n_printed = n_events - std::min(n_events, n_lines);
    print_from(session.out, following, n_printed);
    while (follows_ && following.is_running() && pause(following.pause_s(), signals.flag())) {
      following.look();
      print_from(session.out, following, n_printed);
    }
    return 0;
  }

 private:
  std::size_t n_wanted() const {
    const auto given = parse_integer(lines_);
    if (given && *given >= 0) return static_cast<std::size_t>(*given);
    throw Error(Kind::usage, text("runs tail: --lines is '", lines_, "', must be a number"), "0 shows all");
  }

  /// What a later attempt began anew is behind what was printed.
  static void print_from(Output& out, const RunFollowing& following, std::size_t& n_printed) {
    const std::vector<store::EventRow>& events = following.run().record.events;
    std::string lines;
    for (; n_printed < events.size(); ++n_printed) lines += event_text(events[n_printed]) + '\n';
    out.write(lines);
  }

  std::string run_;
  RunsFolder runs_;
  std::string lines_ = "20";
  bool follows_ = false;
};

}  // namespace

std::unique_ptr<Command> make_runs_tail() { return std::make_unique<RunsTail>(); }

}  // namespace assay::cli
