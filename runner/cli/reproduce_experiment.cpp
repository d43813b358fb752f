#include "runner/cli/reproduce_experiment.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/build_info.h"
#include "runner/cli/environment.h"
#include "runner/cli/plan_study.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/sweep_work.h"
#include "runner/cli/table.h"
#include "runner/reproduce/verdict_text.h"

namespace assay::cli {
namespace {

using reproduce::Expected;
using reproduce::Judging;
using reproduce::RowVerdict;
using reproduce::RunSection;
using reproduce::Verdict;

void add_settings(const Settings& settings, ConfigRequest& request) {
  for (const auto& [key, value] : settings)
    request.overrides.push_back(text(key, '=', assay::to_text(value)));
}

/// A config without a sweep is a study of one trial.
void make_sweep(ConfigRequest& request) {
  Registry registry = known_components();
  const LoadedConfig config = load_with_plugins(request, registry);
  if (config.experiment.sweep) return;
  request.overrides.push_back(text("sweep={\"list\": [{\"seed\": ", config.experiment.seed, "}]}"));
}

Style style_of(RowVerdict::Word word) {
  switch (word) {
    case RowVerdict::Word::holds:
      return Style::green;
    case RowVerdict::Word::missed:
      return Style::red;
    case RowVerdict::Word::not_judged:
      return Style::plain;
  }
  return Style::plain;
}

std::string rows_text(const Verdict& verdict, const Output& out) {
  constexpr auto left = Table::Align::left;
  constexpr auto right = Table::Align::right;
  Table table({{"row", left, Table::Fit::wrap},
               {"published", right},
               {"ours", right},
               {text(100 * reproduce::confidence, " % interval"), left},
               {"trials", right, Table::Fit::drop},
               {"tolerance", left, Table::Fit::wrap},
               {"verdict"}});
  std::string misses;
  for (const RowVerdict& row : verdict.rows) {
    const bool has_values = row.ours.count > 0;
    table.row(
        {printable(row.row->name), reproduce::published_text(row),
         has_values ? reproduce::short_number(row.ours.mean) : "", reproduce::interval_text(row.ours),
         has_values ? text(row.ours.count) : "", printable(row.tolerance), std::string(to_string(row.word))},
        style_of(row.word));
    for (const std::string& miss : row.misses)
      misses += text("  missed: ", printable(row.row->name), ": ", printable(miss), '\n');
  }
  return table.text(out, 2) + misses;
}

class ExperimentRun {
 public:
  ExperimentRun(Session& session, const std::string& folder, const ExperimentWork& work)
      : session_(session), work_(work), expected_(reproduce::read_expected(folder)) {}

  ExperimentDone go() {
    plan_all();
    for (std::size_t i = 0; i < studies_.size(); ++i) {
      const int code = run_study(i);
      if (code != 0) return {code, {}, {}};
    }
    const Verdict verdict = reproduce::judge(expected_, results_, judging());
    const std::string file = write(verdict);
    const bool is_yes = work_.is_quick || verdict.holds();
    return {is_yes ? 0 : exit_code(Kind::verdict), text_of(verdict, file),
            reproduce::to_json(expected_, verdict, judging(), facts_)};
  }

 private:
  Judging judging() const { return work_.is_quick ? Judging::none : Judging::strict; }

  /// What is wrong with several runs is said at once, and once where it is the same.
  void plan_all() {
    std::vector<Problem> problems;
    std::set<std::string> known;
    Kind kind = Kind::config;
    for (const RunSection& run : expected_.runs) {
      try {
        plan(run);
      } catch (const Error& error) {
        kind = error.kind();
        for (const Problem& problem : error.problems()) {
          if (known.insert(assay::to_string(problem)).second) problems.push_back(problem);
        }
      }
    }
    throw_if_any(kind, problems);
  }

  void plan(const RunSection& run) {
    ConfigRequest request;
    request.file = run.config.text;
    request.shipped_presets = shipped_configs();
    add_settings(run.set, request);
    if (work_.is_quick) add_settings(expected_.quick, request);
    make_sweep(request);
    studies_.push_back(plan_study(request, {work_.runs_dir, work_.workers, /*most_trials=*/0}));
    print_problems(session_.err, studies_.back().open.study->config().warnings);
  }

  int run_study(std::size_t i) {
    PlannedStudy& planned = studies_[i];
    const RunSection& run = expected_.runs[i];
    begin_study(planned, session_);
    if (!work_.is_quiet)
      session_.err.write(
          text(session_.err.paint(Style::bold, printable(expected_.name)), "  ", printable(run.name), "  ",
               count_text(planned.plan.layout.n_trials() + planned.plan.layout.n_refits(), "trial"), "  ",
               printable(planned.folder.path()), '\n'));
    const int code = work_on(session_, planned.open, planned.folder, *planned.data,
                             {.n_workers = planned.n_workers,
                              .again = work_.again,
                              .is_quiet = work_.is_quiet,
                              .prints_result = false,
                              .takes_what_is_free = work_.workers.empty()});
    // Trials that failed are the verdict's to tell.
    if (code != 0 && code != exit_code(Kind::run)) return code;
    take_results(planned, run);
    return 0;
  }

  void take_results(const PlannedStudy& planned, const RunSection& run) {
    sweep::Board board(*planned.open.study, planned.folder);
    board.refresh();
    results_[run.name] = reproduce::results_of(*planned.open.study, board);
    reproduce::RunDone done{run.name, planned.folder.path(), std::ssize(board.ends()), 0};
    for (const auto& [trial, end] : board.ends()) done.seconds += end.seconds;
    facts_.runs.push_back(std::move(done));
  }

  /// Returns the file for people.
  std::string write(const Verdict& verdict) {
    const std::string commit = build_info::commit;
    facts_.program = text("assay ", build_info::version, commit.empty() ? "" : " (" + commit + ")",
                          ", LibTorch ", build_info::torch);
    const Json machine = environment({});
    if (const Json* cpu = machine.find("cpu"); cpu && cpu->is_text()) facts_.machine = cpu->text();
    facts_.command = work_.again;
    const std::string folder = join_path(work_.runs_dir, expected_.name);
    make_folders(folder);
    const std::string file = join_path(folder, work_.is_quick ? "quick" : "verdict");
    publish(file + ".json", to_text(reproduce::to_json(expected_, verdict, judging(), facts_), 2) + '\n');
    publish(file + ".md", reproduce::to_markdown(expected_, verdict, judging(), facts_));
    return file + ".md";
  }

  std::string text_of(const Verdict& verdict, const std::string& file) const {
    const std::string word = reproduce::verdict_word(verdict, judging());
    const Style style = work_.is_quick ? Style::plain : verdict.holds() ? Style::green : Style::red;
    const std::string held = work_.is_quick
                                 ? std::string()
                                 : text("  ", verdict.n_held(), " of ", verdict.rows.size(), " rows hold");
    return text(session_.out.paint(style, word), "  ", printable(expected_.name), held, '\n',
                rows_text(verdict, session_.out), facts_text({{"verdict", printable(file)}}, session_.out));
  }

  Session& session_;
  const ExperimentWork& work_;
  const Expected expected_;
  std::vector<PlannedStudy> studies_;
  std::map<std::string, std::vector<reproduce::TrialResult>> results_;
  reproduce::VerdictFacts facts_;
};

}  // namespace

ExperimentDone reproduce_experiment(Session& session, const std::string& folder, const ExperimentWork& work) {
  return ExperimentRun(session, folder, work).go();
}

}  // namespace assay::cli
