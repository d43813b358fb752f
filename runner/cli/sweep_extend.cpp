// `assay sweep extend`: more configurations for a study.
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"
#include "runner/cli/build_info.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/open_study.h"

namespace assay::cli {
namespace {

class Extend final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Gives a study more configurations. Those that are there stay as they are, and keep their numbers; "
        "`assay "
        "sweep resume` then does the new ones. Of a grid the count is that of its space, so it is not "
        "extended: "
        "other values are another study.";
    study_.describe(syntax);
    syntax.option("--trials", "N", n_trials_, "configurations in each group, in all");
    syntax.example("assay sweep extend 3f2a --trials 128", "the study whose id begins so");
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    sweep::Spec spec = sweep::get_spec(folder);
    const auto number = parse_integer(n_trials_);
    if (!number || *number < 1) {
      throw Error(Kind::usage,
                  text("--trials is '", printable(n_trials_), "', must be a whole number above 0"),
                  text("the study has ", spec.n_configurations, " now"));
    }
    spec.request.overrides.push_back(text("sweep.trials=", *number));
    const OpenStudy open = open_study(spec, folder);
    sweep::require_same_study(spec, *open.study, folder);
    if (open.study->layout().n_configurations == spec.n_configurations) {
      session.err.write(text("the study has ", spec.n_configurations, " configurations already\n"));
      return 0;
    }
    ++spec.revision;
    spec.config = open.study->config().resolved;
    spec.n_configurations = open.study->layout().n_configurations;
    spec.n_trials = open.study->layout().n_trials();
    spec.assay_version = build_info::version;
    spec.command = session.words;
    spec.wall_ns = system_clock().wall_ns();
    if (!sweep::publish_spec(folder, spec)) {
      throw Error(
          Kind::store,
          Problem{Where::path(folder.path()), {}, "is being extended by another process", "try again"});
    }
    session.err.write(text("the study has ", count_text(spec.n_trials, "trial"),
                           " now; this does them: assay sweep resume ", shell_quoted(folder.path()), '\n'));
    return 0;
  }

 private:
  StudyArgument study_;
  std::string n_trials_;
};

}  // namespace

std::unique_ptr<Command> make_sweep_extend() { return std::make_unique<Extend>(); }

}  // namespace assay::cli
