// `assay report`: a page with plots of a run, of several, or of a study.
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/build_info.h"
#include "runner/cli/command.h"
#include "runner/cli/live_lines.h"
#include "runner/cli/open_study.h"
#include "runner/cli/runs_choice.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/shipped_data.h"
#include "runner/report/page.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

class Report final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Writes one HTML file that shows a run, several runs beside one another, or a sweep: curves, config "
        "and "
        "what differs, confusion, learning rate and norms, system use, environment; of a sweep its trials, "
        "parallel axes, what each parameter did and what is significant. The file needs no network and asks "
        "none.";
    syntax.rest("RUN", given_,
                "a run or a sweep: its folder, its id or the beginning of it, or its name; or several runs");
    syntax.option("-o", "FILE", file_, "writes there (default: report.html)");
    syntax.flag("--force", is_forced_, "replace FILE if it is there and no page of assay's");
    runs_.describe(syntax);
    syntax.example("assay report 3f2a -o digits.html", "one run, or one sweep");
    syntax.example("assay report 3f2a 91c0 b7d2",
                   "three runs: their curves, and what their configs do differently");
  }

  int run(Session& session) override {
    if (given_.empty())
      throw Error(Kind::usage, "no run was named", "`assay runs list` lists them; `assay report RUN`");
    check_file();
    const report::PageParts parts = report::read_page_parts(shipped_page(), shipped_plotly());
    const std::string page = report::page_text(parts, data(session), build_info::version);
    publish(file_, page);
    session.out.write(file_ + '\n');
    return 0;
  }

 private:
  /// Before anything is read. A page that was made before is made anew; nothing else is written over.
  void check_file() const {
    if (is_folder(file_))
      throw Error(Kind::usage, text("-o ", printable(file_), " is a folder"), "name a file");
    const std::string folder = parent_folder(file_);
    if (!is_folder(folder)) {
      throw Error(Kind::store, Problem{Where::path(file_),
                                       {},
                                       text("cannot be written: there is no folder ", printable(folder)),
                                       "make it"});
    }
    if (is_forced_ || !exists(file_) || read_file(file_).find(report::page_mark) != std::string::npos) return;
    throw Error(Kind::usage, Problem{Where::path(file_),
                                     {},
                                     "is there, and is no page of assay's",
                                     "name another file, or --force to replace it"});
  }

  Json data(Session& session) const {
    if (given_.size() == 1) {
      if (const auto study = study_of(runs_.path(), given_.front())) {
        const OpenStudy open = open_study(*study);
        return report::page_data(*open.study, *study);
      }
    }
    std::vector<report::RunData> runs;
    CountLine line(session.err, "read", given_.size());
    for (const std::string& one : given_) {
      line.show(runs.size());
      runs.push_back(report::read_run_data(run_folder(one)));
    }
    return report::page_data(runs);
  }

  std::string run_folder(const std::string& word) const {
    if (given_.size() > 1 && study_of(runs_.path(), word)) {
      throw Error(Kind::usage, text("'", printable(word), "' is a sweep, and a page shows one sweep or runs"),
                  "name its trials: their folders are in t/ of the sweep's");
    }
    return store::find_run(runs_.path(), word).folder;
  }

  std::vector<std::string> given_;
  std::string file_ = "report.html";
  bool is_forced_ = false;
  RunsFolder runs_;
};

}  // namespace

std::unique_ptr<Command> make_report() { return std::make_unique<Report>(); }

}  // namespace assay::cli
