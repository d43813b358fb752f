#include "runner/report/exports.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/config/to_yaml.h"
#include "runner/report/tensorboard.h"

namespace assay::report {
namespace {

double seconds_of(std::int64_t wall_ns) { return static_cast<double>(wall_ns) * 1e-9; }

/// A file that is written aside in parts, and then has its name.
class ExportFile {
 public:
  explicit ExportFile(std::string path) : path_(std::move(path)) { remove_file(aside()); }
  ~ExportFile() {
    std::error_code ignored;
    std::filesystem::remove(aside(), ignored);
  }
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  void add(std::string_view text) {
    constexpr std::size_t enough = 1U << 20U;
    waiting_ += text;
    if (waiting_.size() >= enough) write();
  }

  std::string finish() {
    write();
    std::error_code failed;
    std::filesystem::rename(aside(), path_, failed);
    if (failed)
      throw Error(Kind::store,
                  Problem{Where::path(path_), {}, text("cannot be written: ", failed.message()), {}});
    return path_;
  }

 private:
  std::string aside() const { return path_ + ".tmp"; }
  void write() {
    append(aside(), waiting_);
    waiting_.clear();
  }

  std::string path_;
  std::string waiting_;
};

void add_metrics_csv(const RunData& run, ExportFile& file) {
  const std::string head = csv_cell(run.title()) + ',' + csv_cell(run.summary.name) + ',';
  for (const store::Series* series : run.series()) {
    const std::string metric = csv_cell(series->name);
    for (std::size_t i = 0; i < series->value.size(); ++i) {
      file.add(text(head, series->step[i], ',', series->epoch[i], ',', seconds_of(series->wall_ns[i]), ',',
                    metric, ',', series->value[i], '\n'));
    }
  }
}

/// Numbers that were logged together, in the order of the log.
void add_metrics_jsonl(const RunData& run, ExportFile& file) {
  struct Row {
    std::int64_t epoch = 0;
    Json::Map values;
  };
  std::map<std::pair<std::int64_t, std::int64_t>, Row> rows;  // by time and step
  for (const store::Series* series : run.series()) {
    for (std::size_t i = 0; i < series->value.size(); ++i) {
      Row& row = rows[{series->wall_ns[i], series->step[i]}];
      row.epoch = series->epoch[i];
      row.values.emplace_back(series->name, series->value[i]);
    }
  }
  for (auto& [at, row] : rows) {
    Json::Map line{
        {"run", run.title()}, {"step", at.second}, {"epoch", row.epoch}, {"time", seconds_of(at.first)}};
    line.insert(line.end(), row.values.begin(), row.values.end());
    file.add(to_text(Json(std::move(line))) + '\n');
  }
}

Json facts_of(const RunData& run) {
  Json json = Json::map();
  json.set("run", run.title());
  json.set("id", run.summary.id);
  json.set("name", run.summary.name);
  json.set("state", to_string(run.summary.state));
  json.set("started", iso_time(run.summary.start_ns));
  json.set("seconds", run.summary.seconds);
  json.set("step", run.summary.step);
  json.set("epoch", run.summary.epoch);
  json.set("tags", Json(Json::List(run.summary.tags.begin(), run.summary.tags.end())));
  json.set("folder", run.summary.folder);
  return json;
}

Json run_json(const RunData& run) {
  Json json = facts_of(run);
  Json metrics = Json::map();
  for (const auto& [name, value] : run.summary.last) metrics.set(name, value);
  json.set("metrics", std::move(metrics));
  json.set("config", run.record.begin.resolved);
  return json;
}

/// Without its series, which are what is large.
RunData without_series(RunData run) {
  run.record.series.clear();
  run.record.superseded.clear();
  run.record.arrays.clear();
  run.record.superseded_arrays.clear();
  run.record.events.clear();
  return run;
}

/// A name as one part of a path, whatever a stranger's record says.
std::string as_file_name(const std::string& name) {
  constexpr std::size_t longest = 100;
  std::string out = name.substr(0, longest);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || c == '\\' || byte < 0x20 || byte == 0x7f) c = '_';
  }
  if (out.empty() || out.front() == '.') out.insert(0, "_");
  return out;
}

std::string export_tensorboard(const RunData& run, const std::string& out) {
  const double start_s = seconds_of(run.summary.start_ns);
  const std::string folder =
      join_path(join_path(out, as_file_name(run.summary.name)), as_file_name(run.summary.id));
  make_folders(folder);
  ExportFile file(
      join_path(folder, text("events.out.tfevents.", run.summary.start_ns / 1'000'000'000, ".assay")));
  TensorboardFile events(start_s);
  events.text("config", start_s, "```yaml\n" + to_yaml(run.record.begin.resolved) + "```\n");
  file.add(events.take());
  for (const store::Series* series : run.series()) {
    for (std::size_t i = 0; i < series->value.size(); ++i)
      events.scalar(series->name, series->step[i], seconds_of(series->wall_ns[i]), series->value[i]);
    file.add(events.take());
  }
  return file.finish();
}

using AddMetrics = void (*)(const RunData&, ExportFile&);
using OnProgress = std::function<void(std::size_t)>;

/// metrics.* with all numbers, and what is left of the runs.
std::vector<RunData> export_metrics(std::span<const std::string> folders, ExportFile& file, AddMetrics add,
                                    const OnProgress& on_progress) {
  std::vector<RunData> runs;
  for (const std::string& folder : folders) {
    RunData run = read_run_data(folder);
    add(run, file);
    runs.push_back(without_series(std::move(run)));
    if (on_progress) on_progress(runs.size());
  }
  return runs;
}

std::vector<std::string> export_csv(std::span<const std::string> folders, const std::string& out,
                                    const OnProgress& on_progress) {
  ExportFile metrics(join_path(out, "metrics.csv"));
  metrics.add("run,name,step,epoch,time,metric,value\n");
  const std::vector<RunData> runs = export_metrics(folders, metrics, &add_metrics_csv, on_progress);
  ExportFile table(join_path(out, "runs.csv"));
  table.add(csv(grid_of_runs(runs)));
  return {metrics.finish(), table.finish()};
}

std::vector<std::string> export_jsonl(std::span<const std::string> folders, const std::string& out,
                                      const OnProgress& on_progress) {
  ExportFile metrics(join_path(out, "metrics.jsonl"));
  const std::vector<RunData> runs = export_metrics(folders, metrics, &add_metrics_jsonl, on_progress);
  ExportFile table(join_path(out, "runs.jsonl"));
  for (const RunData& run : runs) table.add(to_text(run_json(run)) + '\n');
  return {metrics.finish(), table.finish()};
}

/// Adds what is not there yet, in the order in which it comes.
void add_new(std::vector<std::string>& names, std::set<std::string>& known, const std::string& name) {
  if (known.insert(name).second) names.push_back(name);
}

}  // namespace

std::optional<ExportFormat> export_format(std::string_view name) {
  if (name == "csv") return ExportFormat::csv;
  if (name == "jsonl") return ExportFormat::jsonl;
  if (name == "tensorboard") return ExportFormat::tensorboard;
  return std::nullopt;
}

std::vector<std::string> export_runs(std::span<const std::string> folders, ExportFormat format,
                                     const std::string& out, const OnProgress& on_progress) {
  make_folders(out);
  if (format == ExportFormat::csv) return export_csv(folders, out, on_progress);
  if (format == ExportFormat::jsonl) return export_jsonl(folders, out, on_progress);
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    files.push_back(export_tensorboard(read_run_data(folder), out));
    if (on_progress) on_progress(files.size());
  }
  return files;
}

Grid grid_of_runs(std::span<const RunData> runs) {
  std::vector<std::string> keys, metrics;
  std::set<std::string> known_keys, known_metrics;
  for (const RunData& run : runs) {
    for (const auto& [key, value] : run.config()) add_new(keys, known_keys, key);
    for (const auto& [metric, value] : run.summary.last) add_new(metrics, known_metrics, metric);
  }
  std::vector<Grid::Column> columns;
  const Json facts = facts_of(RunData{});
  for (const auto& [fact, value] : facts.entries()) columns.push_back({fact});
  for (const std::string& key : keys) columns.push_back({"config." + key});
  for (const std::string& metric : metrics) columns.push_back({metric, Grid::Align::right});
  Grid grid(std::move(columns));
  for (const RunData& run : runs) {
    std::vector<Grid::Cell> cells;
    const Json own = facts_of(run);
    for (const auto& [fact, value] : own.entries()) cells.push_back({value});
    const FlatConfig config = run.config();
    const std::map<std::string, Json> values(config.begin(), config.end());
    for (const std::string& key : keys) {
      const auto found = values.find(key);
      cells.push_back({found == values.end() ? Json() : found->second});
    }
    for (const std::string& metric : metrics) {
      const auto value = run.summary.find(metric);
      cells.push_back({value ? Json(*value) : Json()});
    }
    grid.row(std::move(cells));
  }
  return grid;
}

}  // namespace assay::report
