// `assay runs compare`: what runs do not share, and what became of them.
#include <algorithm>

#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/grid_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/runs_choice.h"
#include "runner/report/comparison.h"

namespace assay::cli {
namespace {

using report::ComparedMetric;
using report::Grid;

std::string best_title(const ComparedMetric& metric) { return metric.name + " best"; }

/// The best of all is marked for people.
void mark_best(const ComparedMetric& metric, std::size_t run, Grid::Cell& cell) {
  if (metric.best_run == run && metric.last.size() > 1) cell.shown += " *";
}

/// Where a metric was judged once, the last value is the best one.
Grid::Cell last_cell(const ComparedMetric& metric, std::size_t run) {
  const auto& value = metric.last[run];
  if (!value) return {};
  Grid::Cell cell = cell_of(metric.name, *value);
  if (metric.best.empty()) mark_best(metric, run, cell);
  return cell;
}

Grid::Cell best_cell(const ComparedMetric& metric, std::size_t run) {
  const auto& best = metric.best[run];
  if (!best) return {};
  Grid::Cell cell = cell_of(metric.name, best->value);
  mark_best(metric, run, cell);
  return cell;
}

bool has_numbers(const std::vector<Json>& values) {
  return std::any_of(values.begin(), values.end(), [](const Json& value) { return value.is_number(); });
}

/// A line for each run: for many of them, and for programs.
Grid by_run(const report::Comparison& compared) {
  std::vector<Grid::Column> columns{{"run"}};
  for (const report::ComparedKey& key : compared.keys)
    columns.push_back({key.key, has_numbers(key.values) ? Grid::Align::right : Grid::Align::left});
  for (const ComparedMetric& metric : compared.metrics) {
    columns.push_back({metric.name, Grid::Align::right});
    if (!metric.best.empty()) columns.push_back({best_title(metric), Grid::Align::right});
  }
  Grid grid(std::move(columns));
  for (std::size_t run = 0; run < compared.titles.size(); ++run) {
    std::vector<Grid::Cell> cells{{compared.titles[run]}};
    for (const report::ComparedKey& key : compared.keys) cells.push_back(cell_of(key.key, key.values[run]));
    for (const ComparedMetric& metric : compared.metrics) {
      cells.push_back(last_cell(metric, run));
      if (!metric.best.empty()) cells.push_back(best_cell(metric, run));
    }
    grid.row(std::move(cells));
  }
  return grid;
}

/// A column for each run: for a few of them.
Grid by_key(const report::Comparison& compared) {
  std::vector<Grid::Column> columns{{""}};
  for (const std::string& title : compared.titles) columns.push_back({title});
  Grid grid(std::move(columns));
  const auto add = [&](const std::string& title, auto cell_of_run) {
    std::vector<Grid::Cell> cells{{title}};
    for (std::size_t run = 0; run < compared.titles.size(); ++run) cells.push_back(cell_of_run(run));
    grid.row(std::move(cells));
  };
  for (const report::ComparedKey& key : compared.keys)
    add(key.key, [&](std::size_t run) { return cell_of(key.key, key.values[run]); });
  for (const ComparedMetric& metric : compared.metrics) {
    add(metric.name, [&](std::size_t run) { return last_cell(metric, run); });
    if (!metric.best.empty())
      add(best_title(metric), [&](std::size_t run) { return best_cell(metric, run); });
  }
  return grid;
}

class RunsCompare final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Shows runs side by side: the keys of their configs that differ, and of each metric the last value "
        "and the "
        "best one, where it is known whether more or less is better. The best of all has a star.";
    choice_.describe(syntax, "to compare");
    syntax.repeatable("--metrics", "A,B", metrics_, "only these metrics; * stands for anything");
    describe_format(syntax, format_);
    syntax.example("assay runs compare 3f2a 99c0", "two runs");
    syntax.example("assay runs compare --where 'name = digits-mlp' --metrics 'test/*'", "all of a name");
  }

  int run(Session& session) override {
    std::vector<report::RunData> runs;
    for (const store::RunSummary& run : choice_.runs("runs compare"))
      runs.push_back(report::read_run_data(run.folder));
    report::Comparison compared = report::compare(runs, known_components());
    const std::vector<std::string> wanted = listed(metrics_);
    if (!wanted.empty())
      std::erase_if(compared.metrics, [&](const auto& one) { return !is_wanted(one.name, wanted); });
    constexpr std::size_t most_columns = 4;
    const bool is_for_people = format_ != "csv" && format_ != "json";
    const bool has_columns = is_for_people && compared.titles.size() <= most_columns;
    if (is_for_people && compared.keys.empty() && compared.titles.size() > 1)
      session.err.write("their configs are the same\n");
    write_grid(session.out, has_columns ? by_key(compared) : by_run(compared), format_);
    return 0;
  }

 private:
  static bool is_wanted(const std::string& metric, const std::vector<std::string>& wanted) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const std::string& pattern) { return glob_matches(pattern, metric); });
  }

  RunsChoice choice_;
  std::vector<std::string> metrics_;
  std::string format_ = "table";
};

}  // namespace

std::unique_ptr<Command> make_runs_compare() { return std::make_unique<RunsCompare>(); }

}  // namespace assay::cli
