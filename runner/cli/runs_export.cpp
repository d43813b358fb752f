// `assay runs export`: runs for other tools.
#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/runs_choice.h"
#include "runner/report/exports.h"

namespace assay::cli {
namespace {

class RunsExport final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Writes what runs recorded for other tools: csv (metrics.csv, a line for each number, and runs.csv), "
        "jsonl "
        "(metrics.jsonl, a map for each row, and runs.jsonl), or event files that TensorBoard reads. "
        "Replaces files "
        "of these names in DIR. Prints the paths.";
    choice_.describe(syntax, "to export");
    syntax.choice("--to", {"csv", "jsonl", "tensorboard"}, format_, "the format");
    syntax.option("-o", "DIR", folder_, "where to; made if it is not there");
    syntax.example("assay runs export 3f2a --to csv -o out", "for pandas or a spreadsheet");
    syntax.example("assay runs export --where 'name = digits' --to tensorboard -o tb",
                   "then: tensorboard --logdir tb");
  }

  int run(Session& session) override {
    const auto format = report::export_format(format_);
    if (!format) throw Error(Kind::usage, "runs export: --to is missing", "csv, jsonl or tensorboard");
    if (folder_.empty()) throw Error(Kind::usage, "runs export: -o DIR is missing", "say where the files go");
    std::vector<std::string> folders;
    for (const store::RunSummary& run : choice_.runs("runs export")) folders.push_back(run.folder);
    CountLine line(session.err, "exported", folders.size());
    const std::vector<std::string> files =
        report::export_runs(folders, *format, folder_, [&](std::size_t done) { line.show(done); });
    line.clear();
    for (const std::string& path : files) session.out.write(printable(path) + '\n');
    return 0;
  }

 private:
  RunsChoice choice_;
  std::string format_;
  std::string folder_;
};

}  // namespace

std::unique_ptr<Command> make_runs_export() { return std::make_unique<RunsExport>(); }

}  // namespace assay::cli
