// `assay predict`: what a recorded run's weights say of new rows.
#include <unistd.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/plugins.h"
#include "runner/cli/predictions_file.h"
#include "runner/cli/problems.h"
#include "runner/cli/run_text.h"
#include "runner/cli/trained.h"

namespace assay::cli {
namespace {

class Predict final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Predicts the rows of a file or folder, in their order, with the weights of a recorded run. INPUT is "
        "what "
        "the run's data set reads: a table, arrays, images; a target may be missing and is not looked at. "
        "Transforms, classes, columns and categories are those of training, kept in the checkpoint: the data "
        "that "
        "was trained on need not be there. Classes come by name with the probability of each, values in the "
        "units "
        "of the data. Where the config has `predict: {passes, dropout}`, numbers are the mean over the "
        "passes, "
        "beside their standard deviation.";
    arguments_.describe_run(syntax);
    syntax.positional("INPUT", input_, "a file, or a folder of images");
    syntax.option("-o", "FILE", file_,
                  "writes there: .csv a table, .h5 arrays (default: a table to standard output, as for -)");
    syntax.flag("--force", is_forced_, "replace FILE if it is there");
    arguments_.describe_options(syntax);
    syntax.example("assay predict 3f2a new.csv -o predicted.csv", "a line for each row of new.csv");
    syntax.example("assay predict 3f2a photos/ -o predicted.h5", "every image of a folder, as arrays");
    syntax.example("assay predict 3f2a new.csv --weights last | head", "to look at the first");
  }

  int run(Session& session) override {
    check_file();
    const RecordedRun run = arguments_.get_run();
    Registry registry = known_components();
    const OtherData rows{{}, input_, /*is_labelled=*/false, /*is_split=*/false};
    Trained trained = load_trained(run, arguments_, rows, registry);
    print_problems(session.err, trained.warnings);
    const std::vector<std::int64_t>& wanted = trained.prepared.rows.test;
    CountLine line(session.err, "predicted", wanted.size());
    const auto on_progress = [&](std::int64_t done) { line.show(static_cast<std::size_t>(done)); };
    Predictions found;
    with_engine(run, trained,
                [&](Engine& engine) { found = engine.predict(trained.job(wanted, on_progress)); });
    line.clear();
    write(session, run, trained, found);
    return 0;
  }

 private:
  bool goes_to_stdout() const { return file_.empty() || file_ == "-"; }
  bool is_h5() const { return file_.ends_with(".h5") || file_.ends_with(".hdf5"); }

  /// Before anything is computed.
  void check_file() const {
    if (goes_to_stdout()) return;
    if (!is_h5() && !file_.ends_with(".csv")) {
      throw Error(Kind::usage, text("-o ", printable(file_), " ends neither in .csv nor in .h5"),
                  "the ending says what is written: a table or arrays");
    }
    if (is_folder(file_))
      throw Error(Kind::usage, text("-o ", printable(file_), " is a folder"), "name a file");
    if (!is_forced_ && exists(file_)) fail_there();
    const std::string folder = parent_folder(file_);
    if (!is_folder(folder)) {
      throw Error(
          Kind::store,
          Problem{Where::path(file_), {}, text("cannot be written: there is no folder ", folder), "make it"});
    }
    if (access(folder.c_str(), W_OK) == 0) return;
    throw Error(Kind::store, Problem{Where::path(file_),
                                     {},
                                     text("cannot be written: no permission to write in ", folder),
                                     "write elsewhere"});
  }

  [[noreturn]] void fail_there() const {
    throw Error(Kind::usage, text(printable(file_), " is there already"),
                "choose another name, or replace it with --force; nothing was written");
  }

  void write(Session& session, const RecordedRun& run, const Trained& trained,
             const Predictions& found) const {
    const PredictedRows rows{found, trained.prepared.facts.task, trained.prepared.dataset->facts().row_names};
    if (goes_to_stdout()) return session.out.write(predictions_csv(rows));
    const PredictSection& predict = trained.config.experiment.predict;
    const PredictionSource source{run_name(run.summary), trained.checkpoint.step, input_, predict.passes,
                                  predict.dropout};
    const std::string bytes = is_h5() ? predictions_h5(rows, source) : predictions_csv(rows);
    if (is_forced_) {
      publish(file_, bytes);
    } else if (!publish_once(file_, bytes)) {
      fail_there();
    }
    session.err.write(text("wrote ", printable(file_), ": ", count_text(found.values.shape()[0], "row"), ", ",
                           run_name(run.summary), ", ", weights_text(trained.checkpoint, found.are_averaged),
                           '\n'));
  }

  TrainedArguments arguments_;
  std::string input_;
  std::string file_;
  bool is_forced_ = false;
};

}  // namespace

std::unique_ptr<Command> make_predict() { return std::make_unique<Predict>(); }

}  // namespace assay::cli
