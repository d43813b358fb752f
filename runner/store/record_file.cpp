#include "runner/store/record_file.h"

#include <algorithm>
#include <functional>

#include "core/clock.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"

namespace assay::store {
namespace {

constexpr std::int64_t run_format_version = 1;
constexpr int json_indent = 2;

template <class T>
ArrayView view_of(const std::vector<T>& values) {
  return {dtype_of<T>(),
          {static_cast<std::int64_t>(values.size())},
          reinterpret_cast<const std::byte*>(values.data())};
}

/// One column of a table: a dataset with one value for each row.
template <class Row, class Get>
auto column(const std::vector<Row>& rows, Get get) {
  std::vector<std::decay_t<std::invoke_result_t<Get, const Row&>>> values;
  for (const Row& row : rows) values.push_back(std::invoke(get, row));
  return values;
}

void write_root(h5::Writer& file, const Record& record) {
  file.attribute("/", "format", "assay.run");
  file.attribute("/", "format_version", run_format_version);
  file.attribute("/", "assay_version", ASSAY_VERSION);
  file.attribute("/", "id", record.id);
  file.attribute("/", "name", record.begin.name);
  file.attribute("/", "status", to_string(record.state));
  file.attribute("/", "message", record.message);
  file.attribute("/", "attempt", std::int64_t{record.attempt});
  file.attribute("/", "seed", record.begin.seed);
  file.attribute("/", "step", record.step);
  file.attribute("/", "epoch", record.epoch);
  file.attribute("/", "start", iso_time(record.start_ns));
  file.attribute("/", "start_ns", record.start_ns);
  file.attribute("/", "seconds", record.seconds);
  file.attribute("/", "command",
                 to_text(Json(Json::List(record.begin.command.begin(), record.begin.command.end()))));
}

void write_config(h5::Writer& file, const BeginRun& begin) {
  file.text("config/resolved", to_text(begin.resolved, json_indent));
  file.text("config/provenance", to_text(begin.provenance, json_indent));
  file.texts("config/source/file", column(begin.sources, &SourceText::file));
  file.texts("config/source/text", column(begin.sources, &SourceText::text));
}

void write_environment(h5::Writer& file, const BeginRun& begin) {
  file.group("environment");
  if (!begin.environment.is_map()) return;
  for (const auto& [key, value] : begin.environment.entries()) {
    if (value.is_integer()) {
      file.attribute("environment", key, value.integer());
    } else if (value.is_real()) {
      file.attribute("environment", key, value.real());
    } else {
      file.attribute("environment", key, value.is_text() ? value.text() : to_text(value));
    }
  }
}

void write_data(h5::Writer& file, const std::vector<DataFile>& data) {
  file.texts("data/role", column(data, &DataFile::role));
  file.texts("data/path", column(data, &DataFile::path));
  file.texts("data/sha256", column(data, &DataFile::sha256));
  file.array("data/bytes",
             view_of(column(data, [](const DataFile& d) { return static_cast<std::int64_t>(d.bytes); })));
}

void write_series(h5::Writer& file, const Record& record) {
  file.group("metrics");
  file.group("wallclock");
  for (const auto& [key, series] : record.series) {
    const std::string name = text(key.first, '/', key.second);
    file.packed(text("metrics/", name, "/step"), view_of(series.step));
    file.packed(text("metrics/", name, "/epoch"), view_of(series.epoch));
    file.packed(text("metrics/", name, "/value"), view_of(series.value));
    file.packed(text("wallclock/", name), view_of(series.wall_ns));
    file.attribute(text("wallclock/", name), "units", "nanoseconds since 1970-01-01 00:00:00 UTC");
  }
}

void write_events(h5::Writer& file, const std::vector<EventRow>& events) {
  file.array("events/step", view_of(column(events, &EventRow::step)));
  file.array("events/wall_ns", view_of(column(events, &EventRow::wall_ns)));
  file.texts("events/kind", column(events, &EventRow::kind));
  file.texts("events/message", column(events, &EventRow::message));
}

void write_checkpoints(h5::Writer& file, const Record& record) {
  const std::vector<CheckpointRow>& rows = record.checkpoints;
  file.array("checkpoints/table/step", view_of(column(rows, &CheckpointRow::step)));
  file.array("checkpoints/table/epoch", view_of(column(rows, &CheckpointRow::epoch)));
  file.texts("checkpoints/table/kind", column(rows, &CheckpointRow::kind));
  file.texts("checkpoints/table/file", column(rows, &CheckpointRow::file));
  file.array(
      "checkpoints/table/bytes",
      view_of(column(rows, [](const CheckpointRow& row) { return static_cast<std::int64_t>(row.bytes); })));
  file.texts("checkpoints/table/digest", column(rows, &CheckpointRow::digest));
  file.array("checkpoints/table/metric", view_of(column(rows, &CheckpointRow::metric)));
  const auto kept =
      column(rows, [](const CheckpointRow& row) { return static_cast<std::uint8_t>(row.is_kept); });
  file.array("checkpoints/table/kept", {Dtype::boolean,
                                        {static_cast<std::int64_t>(kept.size())},
                                        reinterpret_cast<const std::byte*>(kept.data())});
  for (const char* kind : {"final", "best"}) {
    if (const CheckpointRow* row = record.latest(kind)) {
      file.external_link(text("checkpoints/", kind), row->file, "/");
    }
  }
}

/// The type's name of a slot in the resolved config: of `{type: adamw, lr: 0.001}` or of a bare `adamw`.
std::string type_in(const Json& resolved, std::string_view slot) {
  const Json* value = resolved.find(slot);
  if (value && value->is_map()) value = value->find("type");
  return value && value->is_text() ? value->text() : std::string();
}

Json to_json(const CheckpointRow& row) {
  Json json;
  json.set("file", row.file);
  json.set("step", row.step);
  json.set("epoch", row.epoch);
  json.set("bytes", row.bytes);
  json.set("digest", row.digest);
  if (row.kind == "best") json.set("metric", row.metric);
  return json;
}

}  // namespace

SeriesKey series_key(const std::string& metric) {
  const std::size_t slash = metric.find('/');
  std::string split = slash == std::string::npos ? "run" : metric.substr(0, slash);
  std::string name = slash == std::string::npos ? metric : metric.substr(slash + 1);
  std::replace(name.begin(), name.end(), '/', '.');
  return {std::move(split), std::move(name)};
}

const CheckpointRow* Record::latest(std::string_view kind) const {
  const auto found = std::find_if(checkpoints.rbegin(), checkpoints.rend(),
                                  [&](const CheckpointRow& row) { return row.kind == kind; });
  return found == checkpoints.rend() ? nullptr : &*found;
}

std::string run_file(const Record& record) {
  h5::Writer file;
  write_root(file, record);
  write_config(file, record.begin);
  write_environment(file, record.begin);
  write_data(file, record.begin.data);
  write_series(file, record);
  write_events(file, record.events);
  write_checkpoints(file, record);
  return file.finish();
}

RunSummary summary_of(const Record& record) {
  RunSummary summary;
  summary.id = record.id;
  summary.name = record.begin.name;
  summary.state = record.state;
  summary.attempt = record.attempt;
  summary.start_ns = record.start_ns;
  summary.seconds = record.seconds;
  summary.step = record.step;
  summary.epoch = record.epoch;
  summary.seed = record.begin.seed;
  summary.dataset = type_in(record.begin.resolved, "dataset");
  summary.model = type_in(record.begin.resolved, "model");
  summary.optimizer = type_in(record.begin.resolved, "optimizer");
  summary.tags = record.begin.tags;
  summary.message = record.message;
  std::map<std::string, double> last;
  for (const auto& [key, series] : record.series)
    last[text(key.first, '/', key.second)] = series.value.back();
  for (const Scalar& scalar : record.outcome) last[scalar.name] = scalar.value;
  summary.last.assign(last.begin(), last.end());
  const Json* keep_best = record.begin.resolved.find_path("checkpoint.keep_best");
  if (keep_best && keep_best->is_text()) summary.best_metric = keep_best->text();
  if (const CheckpointRow* best = record.latest("best")) {
    summary.best_value = best->metric;
    summary.best_step = best->step;
  }
  return summary;
}

Json result_of(const Record& record, std::int64_t wall_ns) {
  Json result;
  result.set("format", "assay.result");
  result.set("format_version", 1);
  result.set("status", to_string(record.state));
  result.set("id", record.id);
  result.set("name", record.begin.name);
  result.set("attempt", record.attempt);
  result.set("step", record.step);
  result.set("epoch", record.epoch);
  result.set("seconds", record.seconds);
  result.set("end", iso_time(wall_ns));
  Json metrics = Json::map();
  for (const auto& [name, value] : summary_of(record).last) metrics.set(name, value);
  result.set("metrics", std::move(metrics));
  Json checkpoints = Json::map();
  for (const char* kind : {"final", "best"}) {
    if (const CheckpointRow* row = record.latest(kind)) checkpoints.set(kind, to_json(*row));
  }
  result.set("checkpoints", std::move(checkpoints));
  return result;
}

}  // namespace assay::store
