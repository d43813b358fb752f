// `assay sweep extend`: more configurations for a study, and for these a wider space.
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/build_info.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/open_study.h"
#include "runner/sweep/extension.h"

namespace assay::cli {
namespace {

class Extend final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Gives a study more configurations, and with --config wider ranges and further choices, which these "
        "alone are drawn from. What the study had before stays as it is and keeps its numbers; all else is "
        "refused. `assay sweep resume` then does the new ones. Of a grid the count is that of its space, so "
        "it is not extended: other values are another study.";
    study_.describe(syntax);
    syntax.option("--trials", "N", n_trials_, "configurations in each group, in all");
    syntax.option("--config", "FILE", config_, "the study's config, edited: with a wider space, more trials");
    syntax.example("assay sweep extend 3f2a --trials 128", "the study whose id begins so");
    syntax.example("assay sweep extend 3f2a --trials 128 --config search.yaml",
                   "with the ranges of the file");
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    const sweep::Spec spec = sweep::get_spec(folder);
    const OpenStudy before = open_study(spec, folder);
    const OpenStudy after = open_study(extended(spec));
    sweep::require_extension(*before.study, *after.study);
    if (after.study->layout().n_configurations == spec.n_configurations) {
      session.err.write(text("the study has ", spec.n_configurations, " configurations already\n"));
      return 0;
    }
    publish(spec, *after.study, folder, session);
    session.err.write(text("the study has ", count_text(after.study->layout().n_trials(), "trial"),
                           " now; this does them: assay sweep resume ", shell_quoted(folder.path()), '\n'));
    return 0;
  }

 private:
  /// The study's own request; with --config that file in place of its own, under the study's name.
  ConfigRequest extended(const sweep::Spec& spec) const {
    ConfigRequest request = spec.request;
    if (n_trials_.empty() && config_.empty()) {
      throw Error(Kind::usage, "nothing says what the study is to get",
                  text("--trials N, more than the ", spec.n_configurations, " that it has; --config FILE"));
    }
    std::erase_if(request.overrides,
                  [](const std::string& override) { return override.starts_with("sweep.trials="); });
    if (!config_.empty()) {
      request.file = absolute_path(config_);
      request.texts.clear();
      request.overrides.push_back("name=" + spec.name);
    }
    if (!n_trials_.empty()) request.overrides.push_back(text("sweep.trials=", number_of_trials(spec)));
    return request;
  }

  std::int64_t number_of_trials(const sweep::Spec& spec) const {
    const auto number = parse_integer(n_trials_);
    if (number && *number >= 1) return *number;
    throw Error(Kind::usage, text("--trials is '", printable(n_trials_), "', must be a whole number above 0"),
                text("the study has ", spec.n_configurations, " now"));
  }

  static void publish(sweep::Spec spec, const sweep::Study& study, const sweep::StudyFolder& folder,
                      const Session& session) {
    ++spec.revision;
    spec.digest = sweep::study_digest(study);
    spec.request = study.request();
    spec.config = study.config().resolved;
    spec.n_configurations = study.layout().n_configurations;
    spec.n_trials = study.layout().n_trials();
    spec.assay_version = build_info::version;
    spec.command = session.words;
    spec.wall_ns = system_clock().wall_ns();
    if (sweep::publish_spec(folder, spec)) return;
    throw Error(Kind::store,
                Problem{Where::path(folder.path()), {}, "is being extended by another process", "try again"});
  }

  StudyArgument study_;
  std::string n_trials_;
  std::string config_;
};

}  // namespace

std::unique_ptr<Command> make_sweep_extend() { return std::make_unique<Extend>(); }

}  // namespace assay::cli
