// `assay sweep replay`: would the sampler propose the same again?
#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/open_study.h"
#include "runner/sweep/replay.h"

namespace assay::cli {
namespace {

class SweepReplay final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Asks the sampler of a study again for every proposal, with the results that it saw then, and "
        "compares. "
        "With `sync: window` it also checks that each saw what its number says, so that neither the number "
        "of "
        "workers nor their speed changed a trial. Exit code 8 if something differs. `assay verify` does the "
        "same "
        "for the numbers of a trial.";
    study_.describe(syntax);
    syntax.example("assay sweep replay 3f2a", "the study whose id begins so");
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    const OpenStudy open = open_study(folder);
    if (!open.study->learns()) {
      session.out.write(text("ok  sampler ", open.study->section().sampler.name(),
                             " does not look at results: every trial is a function of its number\n"));
      return 0;
    }
    sweep::Board board(*open.study, folder);
    board.refresh();
    const sweep::Replayed replayed = sweep::replay(*open.study, board);
    if (replayed.differences.empty()) {
      session.out.write(
          text("ok  ", count_text(replayed.n_proposals, "proposal"), " made again, all the same\n"));
      return 0;
    }
    throw Error(Kind::verdict,
                Problem{Where::path(folder.path()),
                        {},
                        text(replayed.differences.size(), " of ",
                             count_text(replayed.n_proposals, "proposal"), " would be others now"),
                        "the sampler of this assay is not that of then, or what it saw was changed",
                        replayed.differences});
  }

 private:
  StudyArgument study_;
};

}  // namespace

std::unique_ptr<Command> make_sweep_replay() { return std::make_unique<SweepReplay>(); }

}  // namespace assay::cli
