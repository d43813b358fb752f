// `assay sweep best`: the best configuration of a study, as a line or as a config that runs.
#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/open_study.h"
#include "runner/cli/sweep_view.h"
#include "runner/config/to_yaml.h"

namespace assay::cli {
namespace {

class Best final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "The best configuration of a study so far. With --config a config of its first repeat, whole, which "
        "`assay run` trains.";
    study_.describe(syntax);
    syntax.flag("--config", is_config_, "prints a config");
    syntax.option("--group", "N", group_,
                  "of `per`, by its number from 0 (default: all; with --config the first)");
    syntax.example("assay sweep best 3f2a --config > best.yaml", "to train it on");
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    const OpenStudy open = open_study(folder);
    const sweep::Study& study = *open.study;
    sweep::Board board(study, folder);
    board.refresh();
    if (!study.objective()) {
      throw Error(Kind::usage, Problem{Where::path(folder.path()),
                                       {},
                                       "has no objective, so there is no best trial",
                                       "`sweep.objective` names what to be best at"});
    }
    const std::int64_t group = group_number(study);
    if (!is_config_ && group_.empty()) {
      const std::vector<std::string> lines = best_lines(study, board);
      for (const std::string& line : lines) session.out.write(line + '\n');
      if (!lines.empty()) return 0;
    } else if (const auto best = board.best(group)) {
      const sweep::Unit unit{*best, group, 0};
      const Point point = *board.point(group, *best);
      session.out.write(is_config_ ? to_yaml(study.trials().load(study.overrides(unit, point)).resolved)
                                   : study.label(unit, point) + '\n');
      return 0;
    }
    throw Error(Kind::store, Problem{Where::path(folder.path()),
                                     {},
                                     "has no trial that ended well yet",
                                     "`assay sweep status` says how it stands"});
  }

 private:
  std::int64_t group_number(const sweep::Study& study) const {
    if (group_.empty()) return 0;
    const auto number = parse_integer(group_);
    if (number && *number >= 0 && *number < study.layout().n_groups) return *number;
    throw Error(Kind::usage, text("--group is '", printable(group_), "', must be a number from 0 to ",
                                  study.layout().n_groups - 1));
  }

  StudyArgument study_;
  bool is_config_ = false;
  std::string group_;
};

}  // namespace

std::unique_ptr<Command> make_sweep_best() { return std::make_unique<Best>(); }

}  // namespace assay::cli
