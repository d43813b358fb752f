// `assay runs list`: what has been run.
#include <algorithm>
#include <cstdint>
#include <set>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/progress.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/table.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

using store::RunSummary;

std::string table_text(const std::vector<RunSummary>& runs, const Output& out) {
  constexpr auto left = Table::Align::left;
  constexpr auto right = Table::Align::right;
  using Fit = Table::Fit;
  Table table({{"run"},
               {"state"},
               {"started"},
               {"time", right},
               {"epoch", right, Fit::drop},
               {"dataset", left, Fit::drop},
               {"model", left, Fit::drop},
               {"tags", left, Fit::drop},
               {"result", left, Fit::cut},
               {"", right}});
  const std::int64_t now_ns = system_clock().wall_ns();
  for (const RunSummary& run : runs) {
    const auto result = headline(run);
    const bool has_failed = run.state == store::RunState::failed || run.state == store::RunState::lost;
    table.row({run_name(run), std::string(to_string(run.state)), age_text(run.start_ns, now_ns),
               duration_text(run.seconds), text(run.epoch), printable(run.dataset), printable(run.model),
               printable(join(run.tags, " ")), result ? printable(result->first) : "-",
               result ? metric_text(result->second) : ""},
              has_failed ? style_of(run.state) : Style::plain);
  }
  return table.text(out);
}

std::string csv_cell(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_line(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = csv_cell(cell);
  return join(cells, ",") + '\n';
}

/// A line for each run, a column for each metric that any of them has.
std::string csv_text(const std::vector<RunSummary>& runs) {
  std::set<std::string> metrics;
  for (const RunSummary& run : runs) {
    for (const auto& [name, value] : run.last) metrics.insert(name);
  }
  std::vector<std::string> titles{"folder",  "name",      "id",          "state",      "started",
                                  "seconds", "step",      "epoch",       "seed",       "dataset",
                                  "model",   "optimizer", "best_metric", "best_value", "best_step"};
  titles.insert(titles.end(), metrics.begin(), metrics.end());
  std::string lines = csv_line(titles);
  for (const RunSummary& run : runs) {
    std::vector<std::string> cells{run.folder,
                                   run.name,
                                   run.id,
                                   std::string(to_string(run.state)),
                                   iso_time(run.start_ns),
                                   number_text(run.seconds),
                                   text(run.step),
                                   text(run.epoch),
                                   text(run.seed),
                                   run.dataset,
                                   run.model,
                                   run.optimizer,
                                   run.best_metric,
                                   run.best_value ? number_text(*run.best_value) : "",
                                   run.best_value ? text(run.best_step) : ""};
    for (const std::string& metric : metrics) {
      const auto value = run.find(metric);
      cells.push_back(value ? number_text(*value) : "");
    }
    lines += csv_line(std::move(cells));
  }
  return lines;
}

std::string json_text(const std::vector<RunSummary>& runs) {
  Json list = Json::list();
  for (const RunSummary& run : runs) {
    Json one = store::to_json(run);
    one.set("folder", run.folder);
    one.set("state", to_string(run.state));
    list.push(std::move(one));
  }
  return to_text(list, 2) + '\n';
}

class RunsList final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about = "Lists the runs of a folder, newest first, with the number that says most about each.";
    syntax.optional_positional("NAME", name_, "only runs of this name; * stands for anything");
    runs_.describe(syntax);
    syntax.choice("--state", {"running", "finished", "stopped", "failed", "lost"}, state_,
                  "only runs in this state");
    syntax.option("--limit", "N", limit_, "at most so many (default 20 in a table, else all; 0: all)");
    syntax.choice("--format", {"table", "json", "csv"}, format_,
                  "table (default), json or csv; the latter two hold every metric");
    syntax.example("assay runs list", "the latest runs");
    syntax.example("assay runs list 'digits*' --state finished", "those of some name that are done");
    syntax.example("assay runs list --format csv > runs.csv", "for a spreadsheet or pandas");
  }

  int run(Session& session) override {
    std::vector<RunSummary> runs = store::list_runs(runs_.path());
    const bool has_any = !runs.empty();
    std::erase_if(runs, [this](const RunSummary& run) { return !is_wanted(run); });
    const std::size_t found = runs.size();
    runs.resize(std::min(found, limit()));
    if (format_ == "json") {
      session.out.write(json_text(runs));
    } else if (format_ == "csv") {
      session.out.write(csv_text(runs));
    } else if (found == 0) {
      session.err.write(
          has_any ? "no run is like that\n"
                  : text("no runs in ", printable(runs_.path()), " yet; `assay run CONFIG` makes one\n"));
    } else {
      session.out.write(table_text(runs, session.out));
    }
    if (runs.size() < found) session.err.write(text(found - runs.size(), " more; --limit 0 shows all\n"));
    return 0;
  }

 private:
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
  std::string state_;
  std::string limit_;
  std::string format_ = "table";
};

}  // namespace

std::unique_ptr<Command> make_runs_list() { return std::make_unique<RunsList>(); }

}  // namespace assay::cli
