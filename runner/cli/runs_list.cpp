// `assay runs list`: what has been run.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/grid_text.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/report/run_fields.h"
#include "runner/report/run_filter.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

using report::Grid;
using report::RunFields;
using store::RunIndex;
using store::RunSummary;

using Chosen = std::vector<std::size_t>;  // numbers of runs in the index, in the order to show

/// What people look for first.
Grid overview(const RunIndex& index, const Chosen& chosen) {
  constexpr auto right = Grid::Align::right;
  Grid grid({{"run"},
             {"state"},
             {"started"},
             {"time", right},
             {"epoch", right},
             {"dataset"},
             {"model"},
             {"tags"},
             {"result"},
             {"value", right}});
  const std::int64_t now_ns = system_clock().wall_ns();
  for (const std::size_t i : chosen) {
    const RunSummary& run = index.run(i);
    const auto result = headline(run);
    grid.row(
        {{text(run.name, '/', run.id), short_run_name(run)},
         {to_string(run.state)},
         run.start_ns > 0 ? Grid::Cell{iso_time(run.start_ns), age_text(run.start_ns, now_ns)} : Grid::Cell(),
         cell_of("time", run.seconds),
         {run.epoch},
         {run.dataset},
         {run.model},
         {join(run.tags, " ")},
         {result ? result->first : "-"},
         result ? cell_of(result->first, result->second) : Grid::Cell()});
  }
  return grid;
}

/// Every fact and every metric that any of the runs has.
Grid everything(const RunIndex& index, const Chosen& chosen) {
  std::set<std::string> metrics;
  for (const std::size_t i : chosen) {
    for (const auto& [name, value] : index.run(i).last) metrics.insert(name);
  }
  std::vector<Grid::Column> columns;
  for (const char* title :
       {"folder", "name", "id", "state", "started", "seconds", "step", "epoch", "seed", "dataset", "model",
        "optimizer", "tags", "best_metric", "best_value", "best_step"}) {
    columns.push_back({title});
  }
  for (const std::string& metric : metrics) columns.push_back({metric});
  Grid grid(std::move(columns));
  for (const std::size_t i : chosen) {
    const RunSummary& run = index.run(i);
    std::vector<Grid::Cell> cells{{run.folder},
                                  {run.name},
                                  {run.id},
                                  {to_string(run.state)},
                                  {iso_time(run.start_ns)},
                                  {run.seconds},
                                  {run.step},
                                  {run.epoch},
                                  {run.seed},
                                  {run.dataset},
                                  {run.model},
                                  {run.optimizer},
                                  {join(run.tags, " ")},
                                  {run.best_metric},
                                  {run.best_value ? Json(*run.best_value) : Json()},
                                  {run.best_value ? Json(run.best_step) : Json()}};
    for (const std::string& metric : metrics) {
      const auto value = run.find(metric);
      cells.push_back({value ? Json(*value) : Json()});
    }
    grid.row(std::move(cells));
  }
  return grid;
}

/// The run, and what was asked for.
Grid columns_of_runs(const RunIndex& index, const RunFields& fields, const Chosen& chosen,
                     const std::vector<std::string>& names) {
  std::vector<Grid::Column> columns{{"run"}};
  for (const std::string& name : names) {
    const bool has_numbers = std::any_of(chosen.begin(), chosen.end(),
                                         [&](std::size_t i) { return fields.get(name, i).is_number(); });
    columns.push_back({name, has_numbers ? Grid::Align::right : Grid::Align::left});
  }
  Grid grid(std::move(columns));
  for (const std::size_t i : chosen) {
    std::vector<Grid::Cell> cells{{fields.title(i), short_run_name(index.run(i))}};
    for (const std::string& name : names) cells.push_back(cell_of(name, fields.get(name, i)));
    grid.row(std::move(cells));
  }
  return grid;
}

std::string json_text(const RunIndex& index, const Chosen& chosen) {
  Json list = Json::list();
  for (const std::size_t i : chosen) {
    Json one = store::to_json(index.run(i));
    one.set("folder", index.run(i).folder);
    one.set("state", to_string(index.run(i).state));
    list.push(std::move(one));
  }
  return to_text(list, 2) + '\n';
}

/// Nothing, and what is no number, stand behind all others, whichever way they are sorted.
bool is_nothing(const Json& value) {
  return value.is_null() || (value.is_number() && std::isnan(value.real()));
}

/// Numbers before texts.
bool is_before(const Json& a, const Json& b) {
  if (a.is_number() != b.is_number()) return a.is_number();
  if (a.is_number()) return a.real() < b.real();
  return (a.is_text() ? a.text() : to_text(a)) < (b.is_text() ? b.text() : to_text(b));
}

class RunsList final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Lists the runs of a folder, newest first, with the number that says most about each. --where, "
        "--sort and "
        "--columns take keys of the config (optimizer.lr), metrics (valid/accuracy: the last value) and "
        "facts about "
        "the run (state, time); --fields lists them. A study's folder can be given as --runs: then its "
        "trials are "
        "listed.";
    syntax.optional_positional("NAME", name_, "only runs of this name; * stands for anything");
    runs_.describe(syntax);
    syntax.option(
        "--where", "CONDITION", where_,
        "only runs for which it holds: < <= > >= = != ~ (a glob), in [..], is missing, and, or, not");
    syntax.choice("--state", {"running", "finished", "stopped", "failed", "lost"}, state_,
                  "only runs in this state");
    syntax.repeatable("--columns", "A,B", columns_, "what to show of each run");
    syntax.option("--sort", "A", sort_, "by this instead of by age; runs without it come last");
    syntax.flag("--reverse", is_reversed_, "the other way round");
    syntax.option("--limit", "N", limit_, "at most so many (default 20 in a table, else all; 0: all)");
    describe_format(syntax, format_);
    syntax.flag("--fields", lists_fields_, "lists the names that --where, --sort and --columns take");
    syntax.example("assay runs", "the latest runs");
    syntax.example(
        "assay runs --where 'optimizer.lr < 1e-2 and valid/accuracy > 0.9' --sort valid/accuracy --reverse",
        "the best first");
    syntax.example("assay runs --columns model,optimizer.lr,test/accuracy --format latex", "for a paper");
    syntax.example("assay runs --format csv > runs.csv", "for a spreadsheet or pandas");
  }

  int run(Session& session) override {
    const report::RunFilter filter(where_);
    const std::vector<std::string> columns = listed(columns_);
    const bool wants_configs = !where_.empty() || !columns.empty() || !sort_.empty() || lists_fields_;
    const RunIndex index(runs_.path(), wants_configs ? RunIndex::With::configs : RunIndex::With::summaries);
    const RunFields fields(index);
    if (lists_fields_) return list_fields(session.out, fields);
    filter.check(fields);
    require_known(fields, columns);
    Chosen chosen = choose(index, fields, filter);
    const std::size_t found = chosen.size();
    chosen.resize(std::min(found, limit()));
    if (found == 0 && format_ == "table") {
      session.err.write(index.size() > 0 ? "no run is like that\n"
                                         : text("no runs in ", printable(runs_.path()),
                                                " yet; `assay run CONFIG` makes one\n"));
      return 0;
    }
    show(session.out, index, fields, chosen, columns);
    if (chosen.size() < found) session.err.write(text(found - chosen.size(), " more; --limit 0 shows all\n"));
    return 0;
  }

 private:
  static int list_fields(Output& out, const RunFields& fields) {
    std::string lines;
    for (const std::string& name : fields.names()) lines += printable(name) + '\n';
    out.write(lines);
    return 0;
  }

  void require_known(const RunFields& fields, const std::vector<std::string>& columns) const {
    if (fields.size() == 0) return;
    const auto require = [&](const char* option, const std::string& name) {
      if (fields.is_known(name)) return;
      throw Error(Kind::usage, text("runs list: ", option, ": no run has '", printable(name), "'"),
                  fields.hint(name));
    };
    for (const std::string& name : columns) require("--columns", name);
    if (!sort_.empty()) require("--sort", sort_);
  }

  Chosen choose(const RunIndex& index, const RunFields& fields, const report::RunFilter& filter) const {
    Chosen chosen;
    for (std::size_t i = 0; i < index.size(); ++i) {
      if (is_wanted(index.run(i)) && filter.matches(fields, i)) chosen.push_back(i);
    }
    if (!sort_.empty())
      sort(fields, chosen);
    else if (is_reversed_)
      std::reverse(chosen.begin(), chosen.end());
    return chosen;
  }

  void sort(const RunFields& fields, Chosen& chosen) const {
    std::vector<Json> keys(fields.size());
    for (const std::size_t i : chosen) keys[i] = fields.get(sort_, i);
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
      if (is_nothing(keys[a]) || is_nothing(keys[b])) return !is_nothing(keys[a]) && is_nothing(keys[b]);
      return is_reversed_ ? is_before(keys[b], keys[a]) : is_before(keys[a], keys[b]);
    });
  }

  void show(Output& out, const RunIndex& index, const RunFields& fields, const Chosen& chosen,
            const std::vector<std::string>& columns) const {
    if (!columns.empty()) return write_grid(out, columns_of_runs(index, fields, chosen, columns), format_);
    if (format_ == "json") return write_exactly(out, json_text(index, chosen));
    if (format_ == "csv") return write_grid(out, everything(index, chosen), format_);
    std::vector<Style> styles;
    for (const std::size_t i : chosen) {
      const store::RunState state = index.run(i).state;
      const bool has_failed = state == store::RunState::failed || state == store::RunState::lost;
      styles.push_back(has_failed ? style_of(state) : Style::plain);
    }
    write_grid(out, overview(index, chosen), format_, styles);
  }

  bool is_wanted(const RunSummary& run) const {
    if (!state_.empty() && state_ != to_string(run.state)) return false;
    return name_.empty() || glob_matches(name_, run.name);
  }

  std::size_t limit() const {
    constexpr std::size_t all = SIZE_MAX;
    if (limit_.empty()) return format_ == "table" ? 20 : all;
    const auto given = parse_integer(limit_);
    if (!given || *given < 0)
      throw Error(Kind::usage, text("runs list: --limit is '", limit_, "', must be a number"), "0 shows all");
    return *given == 0 ? all : static_cast<std::size_t>(*given);
  }

  std::string name_;
  RunsFolder runs_;
  std::string where_;
  std::string state_;
  std::vector<std::string> columns_;
  std::string sort_;
  bool is_reversed_ = false;
  std::string limit_;
  std::string format_ = "table";
  bool lists_fields_ = false;
};

}  // namespace

std::unique_ptr<Command> make_runs_list() { return std::make_unique<RunsList>(); }

}  // namespace assay::cli
