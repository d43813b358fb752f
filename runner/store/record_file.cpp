#include "runner/store/record_file.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/digest.h"
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
  file.attribute("/", "assay_version", record.assay_version);
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

void write_group(h5::Writer& file, const std::string& group, const Series& series) {
  file.packed(group + "/step", view_of(series.step));
  file.packed(group + "/epoch", view_of(series.epoch));
  file.packed(group + "/value", view_of(series.value));
}

void write_times(h5::Writer& file, const std::string& path, const Series& series) {
  file.packed(path, view_of(series.wall_ns));
  file.attribute(path, "units", "nanoseconds since 1970-01-01 00:00:00 UTC");
}

void write_series(h5::Writer& file, const Record& record) {
  file.group("metrics");
  file.group("wallclock");
  for (const auto& [key, series] : record.series) {
    const std::string name = text(key.first, '/', key.second);
    write_group(file, "metrics/" + name, series);
    write_times(file, "wallclock/" + name, series);
  }
  for (const auto& [attempt, all] : record.superseded) {
    for (const auto& [key, series] : all) {
      const std::string name = text("superseded/attempt.", attempt, '/', key.first, '/', key.second);
      write_group(file, name, series);
      write_times(file, name + "/wall_ns", series);
    }
  }
}

void write_array_map(h5::Writer& file, const std::string& group, const ArrayMap& arrays) {
  for (const auto& [key, array] : arrays) {
    const std::string path = text(group, '/', key.first, '/', key.second);
    file.array(path, array.values);
    file.attribute(path, "step", array.step);
  }
}

void write_arrays(h5::Writer& file, const Record& record) {
  file.group("arrays");
  write_array_map(file, "arrays", record.arrays);
  for (const auto& [attempt, arrays] : record.superseded_arrays)
    write_array_map(file, text("superseded_arrays/attempt.", attempt), arrays);
}

void write_events(h5::Writer& file, const std::vector<EventRow>& events) {
  file.array("events/step", view_of(column(events, &EventRow::step)));
  file.array("events/wall_ns", view_of(column(events, &EventRow::wall_ns)));
  file.array("events/attempt", view_of(column(events, &EventRow::attempt)));
  file.texts("events/kind", column(events, &EventRow::kind));
  file.texts("events/message", column(events, &EventRow::message));
}

template <class Get>
void write_booleans(h5::Writer& file, const std::string& path, const std::vector<CheckpointRow>& rows,
                    Get get) {
  const auto values = column(
      rows, [&](const CheckpointRow& row) { return static_cast<std::uint8_t>(std::invoke(get, row)); });
  file.array(path, {Dtype::boolean,
                    {static_cast<std::int64_t>(values.size())},
                    reinterpret_cast<const std::byte*>(values.data())});
}

void write_checkpoints(h5::Writer& file, const Record& record) {
  const std::vector<CheckpointRow>& rows = record.checkpoints;
  const std::string table = "checkpoints/table/";
  file.array(table + "step", view_of(column(rows, &CheckpointRow::step)));
  file.array(table + "epoch", view_of(column(rows, &CheckpointRow::epoch)));
  file.array(table + "attempt", view_of(column(rows, &CheckpointRow::attempt)));
  file.texts(table + "kind",
             column(rows, [](const CheckpointRow& row) { return std::string(kind_of(row)); }));
  write_booleans(file, table + "best", rows, &CheckpointRow::is_best);
  file.texts(table + "file", column(rows, &CheckpointRow::file));
  file.array(
      table + "bytes",
      view_of(column(rows, [](const CheckpointRow& row) { return static_cast<std::int64_t>(row.bytes); })));
  file.texts(table + "digest", column(rows, &CheckpointRow::digest));
  file.array(table + "metric", view_of(column(rows, &CheckpointRow::metric)));
  write_booleans(file, table + "kept", rows, &CheckpointRow::is_kept);
  write_booleans(file, table + "superseded", rows, &CheckpointRow::is_superseded);
  for (const char* kind : {"final", "best", "last"}) {
    const CheckpointRow* row = record.latest(kind);
    if (row && row->is_kept) file.external_link(text("checkpoints/", kind), row->file, "/");
  }
}

void write_attempts(h5::Writer& file, const std::vector<AttemptRow>& rows) {
  const auto add = [&](const char* name, auto get) {
    file.array(text("attempts/", name), view_of(column(rows, get)));
  };
  add("attempt", [](const AttemptRow& row) { return std::int64_t{row.attempt}; });
  add("start_ns", [](const AttemptRow& row) { return row.start_ns; });
  add("seconds", [](const AttemptRow& row) { return row.seconds; });
  add("from_attempt", [](const AttemptRow& row) { return std::int64_t{row.origin.attempt}; });
  add("from_step", [](const AttemptRow& row) { return row.origin.step; });
  const auto add_text = [&](const char* name, auto get) {
    file.texts(text("attempts/", name), column(rows, get));
  };
  add_text("from_file", [](const AttemptRow& row) { return row.origin.file; });
  add_text("status", [](const AttemptRow& row) { return std::string(to_string(row.state)); });
  add_text("message", [](const AttemptRow& row) { return row.message; });
  add_text("command", [](const AttemptRow& row) {
    return to_text(Json(Json::List(row.command.begin(), row.command.end())));
  });
  add_text("environment", [](const AttemptRow& row) { return to_text(row.environment); });
}

// ---- Reading.

template <class T>
std::vector<T> values_at(const h5::Reader& file, const std::string& path) {
  const Array array = file.array(path);
  if (array.dtype() != dtype_of<T>()) {
    throw Error(Kind::store,
                text(path, " is ", to_string(array.dtype()), ", not ", to_string(dtype_of<T>())));
  }
  return {array.as<T>(), array.as<T>() + array.count()};
}

Json list_at(std::string_view text, const char* name) {
  Json list = parse_json(text, name);
  return list.is_list() ? list : Json::list();
}

std::vector<std::string> words_of(const Json& list) {
  std::vector<std::string> words;
  for (const Json& word : list.items()) {
    if (word.is_text()) words.push_back(word.text());
  }
  return words;
}

/// Columns of a table, which must be of one length.
class Table {
 public:
  Table(const h5::Reader& file, std::string group) : file_(file), group_(std::move(group)) {}

  template <class Row, class T, class M>
  void read(std::vector<Row>& rows, const char* name, M Row::*member) {
    fill(rows, values_at<T>(file_, text(group_, '/', name)),
         [&](Row& row, const T& value) { row.*member = static_cast<M>(value); });
  }
  template <class Row>
  void read_text(std::vector<Row>& rows, const char* name, std::string Row::*member) {
    fill(rows, file_.texts(text(group_, '/', name)),
         [&](Row& row, const std::string& value) { row.*member = value; });
  }
  template <class Row>
  void read_boolean(std::vector<Row>& rows, const char* name, bool Row::*member) {
    const Array array = file_.array(text(group_, '/', name));
    std::vector<bool> values;
    for (std::int64_t i = 0; i < array.count(); ++i) values.push_back(element(array, i) != 0);
    fill(rows, values, [&](Row& row, bool value) { row.*member = value; });
  }

  /// set(row, value) for each row of a column that was read.
  template <class Row, class Values, class Set>
  void fill(std::vector<Row>& rows, const Values& values, Set set) {
    if (is_first_) rows.resize(values.size());
    is_first_ = false;
    if (rows.size() != values.size()) {
      throw Error(Kind::store, text("the columns of ", group_, " differ in length"));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) set(rows[i], values[i]);
  }

 private:
  const h5::Reader& file_;
  std::string group_;
  bool is_first_ = true;
};

void read_root(const h5::Reader& file, Record& record) {
  const std::string format = file.text_attribute("/", "format");
  const std::int64_t version = file.integer_attribute("/", "format_version");
  if (format != "assay.run") throw Error(Kind::store, "this is not the record of a run");
  if (version > run_format_version) {
    throw Error(Kind::store,
                text("this record is of format ", version, ", made by assay ",
                     file.text_attribute("/", "assay_version")),
                "read it with that version");
  }
  record.assay_version = file.text_attribute("/", "assay_version");
  record.id = file.text_attribute("/", "id");
  record.begin.name = file.text_attribute("/", "name");
  record.message = file.text_attribute("/", "message");
  record.attempt = static_cast<int>(file.integer_attribute("/", "attempt"));
  record.begin.seed = file.integer_attribute("/", "seed");
  record.step = file.integer_attribute("/", "step");
  record.epoch = file.integer_attribute("/", "epoch");
  record.start_ns = file.integer_attribute("/", "start_ns");
  record.seconds = file.real_attribute("/", "seconds");
  record.state = state_named(file.text_attribute("/", "status"));
  record.begin.command = words_of(list_at(file.text_attribute("/", "command"), "command"));
}

void read_config(const h5::Reader& file, BeginRun& begin) {
  begin.resolved = parse_json(file.text("config/resolved"), "config/resolved");
  begin.provenance = parse_json(file.text("config/provenance"), "config/provenance");
  Table sources(file, "config/source");
  sources.read_text(begin.sources, "file", &SourceText::file);
  sources.read_text(begin.sources, "text", &SourceText::text);
  Table data(file, "data");
  data.read_text(begin.data, "role", &DataFile::role);
  data.read_text(begin.data, "path", &DataFile::path);
  data.read_text(begin.data, "sha256", &DataFile::sha256);
  data.read<DataFile, std::int64_t>(begin.data, "bytes", &DataFile::bytes);
}

Series series_at(const h5::Reader& file, const std::string& group, const std::string& times) {
  Series series;
  series.step = values_at<std::int64_t>(file, group + "/step");
  series.epoch = values_at<std::int64_t>(file, group + "/epoch");
  series.value = values_at<double>(file, group + "/value");
  series.wall_ns = values_at<std::int64_t>(file, times);
  const std::size_t n = series.value.size();
  if (n == 0 || series.step.size() != n || series.epoch.size() != n || series.wall_ns.size() != n) {
    throw Error(Kind::store, text("the columns of ", group, " are empty or differ in length"));
  }
  return series;
}

template <class TimesOf>
SeriesMap series_below(const h5::Reader& file, const std::string& group, TimesOf times_of) {
  SeriesMap map;
  for (const std::string& split : file.names(group)) {
    for (const std::string& name : file.names(text(group, '/', split))) {
      Series series = series_at(file, text(group, '/', split, '/', name), times_of(split, name));
      series.name = text(split, '/', name);
      series.order = map.size();
      map.emplace(SeriesKey(split, name), std::move(series));
    }
  }
  return map;
}

/// visit(attempt, its group) for each below `superseded` or its like.
template <class Visit>
void each_attempt(const h5::Reader& file, const std::string& parent, Visit visit) {
  if (!file.has(parent)) return;
  constexpr std::string_view prefix = "attempt.";
  for (const std::string& group : file.names(parent)) {
    if (!group.starts_with(prefix)) continue;
    const auto attempt = parse_integer(std::string_view(group).substr(prefix.size()));
    if (attempt) visit(static_cast<int>(*attempt), text(parent, '/', group));
  }
}

void read_series(const h5::Reader& file, Record& record) {
  record.series = series_below(file, "metrics", [](const std::string& split, const std::string& name) {
    return text("wallclock/", split, '/', name);
  });
  each_attempt(file, "superseded", [&](int attempt, const std::string& path) {
    record.superseded[attempt] =
        series_below(file, path, [&](const std::string& split, const std::string& name) {
          return text(path, '/', split, '/', name, "/wall_ns");
        });
  });
}

ArrayMap arrays_below(const h5::Reader& file, const std::string& group) {
  ArrayMap map;
  for (const std::string& split : file.names(group)) {
    for (const std::string& name : file.names(text(group, '/', split))) {
      const std::string path = text(group, '/', split, '/', name);
      map[{split, name}] = {text(split, '/', name), file.integer_attribute(path, "step"), file.array(path)};
    }
  }
  return map;
}

void read_arrays(const h5::Reader& file, Record& record) {
  if (file.has("arrays")) record.arrays = arrays_below(file, "arrays");
  each_attempt(file, "superseded_arrays", [&](int attempt, const std::string& path) {
    record.superseded_arrays[attempt] = arrays_below(file, path);
  });
}

void read_checkpoints(const h5::Reader& file, std::vector<CheckpointRow>& rows) {
  using Row = CheckpointRow;
  Table table(file, "checkpoints/table");
  table.read<Row, std::int64_t>(rows, "step", &Row::step);
  table.read<Row, std::int64_t>(rows, "epoch", &Row::epoch);
  table.read<Row, std::int64_t>(rows, "attempt", &Row::attempt);
  table.read_boolean(rows, "best", &Row::is_best);
  table.read_text(rows, "file", &Row::file);
  table.read<Row, std::int64_t>(rows, "bytes", &Row::bytes);
  table.read_text(rows, "digest", &Row::digest);
  table.read<Row, double>(rows, "metric", &Row::metric);
  table.read_boolean(rows, "kept", &Row::is_kept);
  table.read_boolean(rows, "superseded", &Row::is_superseded);
  const std::vector<std::string> kinds = file.texts("checkpoints/table/kind");
  for (std::size_t i = 0; i < std::min(kinds.size(), rows.size()); ++i)
    rows[i].is_final = kinds[i] == "final";
}

void read_events(const h5::Reader& file, std::vector<EventRow>& rows) {
  Table table(file, "events");
  table.read<EventRow, std::int64_t>(rows, "step", &EventRow::step);
  table.read<EventRow, std::int64_t>(rows, "wall_ns", &EventRow::wall_ns);
  table.read<EventRow, std::int64_t>(rows, "attempt", &EventRow::attempt);
  table.read_text(rows, "kind", &EventRow::kind);
  table.read_text(rows, "message", &EventRow::message);
}

void read_attempts(const h5::Reader& file, std::vector<AttemptRow>& rows) {
  using Row = AttemptRow;
  const auto texts = [&](const char* name) { return file.texts(text("attempts/", name)); };
  Table table(file, "attempts");
  table.read<Row, std::int64_t>(rows, "attempt", &Row::attempt);
  table.read<Row, std::int64_t>(rows, "start_ns", &Row::start_ns);
  table.read<Row, double>(rows, "seconds", &Row::seconds);
  table.read_text(rows, "message", &Row::message);
  table.fill(rows, values_at<std::int64_t>(file, "attempts/from_attempt"),
             [](Row& row, std::int64_t value) { row.origin.attempt = static_cast<int>(value); });
  table.fill(rows, values_at<std::int64_t>(file, "attempts/from_step"),
             [](Row& row, std::int64_t value) { row.origin.step = value; });
  table.fill(rows, texts("from_file"), [](Row& row, const std::string& value) { row.origin.file = value; });
  table.fill(rows, texts("status"),
             [](Row& row, const std::string& value) { row.state = state_named(value); });
  table.fill(rows, texts("command"), [](Row& row, const std::string& value) {
    row.command = words_of(list_at(value, "attempts/command"));
  });
  table.fill(rows, texts("environment"), [](Row& row, const std::string& value) {
    row.environment = parse_json(value, "attempts/environment");
  });
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

bool same(const SeriesMap& a, const SeriesMap& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && same_bits(x.second.step, y.second.step) &&
           same_bits(x.second.epoch, y.second.epoch) && same_bits(x.second.wall_ns, y.second.wall_ns) &&
           same_bits(x.second.value, y.second.value);
  });
}

bool same(const ArrayMap& a, const ArrayMap& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    const Array& in_x = x.second.values;
    const Array& in_y = y.second.values;
    return x.first == y.first && x.second.step == y.second.step && in_x.dtype() == in_y.dtype() &&
           in_x.shape() == in_y.shape() && std::equal(in_x.data(), in_x.data() + in_x.bytes(), in_y.data());
  });
}

/// Of two maps by attempt.
template <class Map>
bool same(const std::map<int, Map>& a, const std::map<int, Map>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && same(x.second, y.second);
  });
}

bool same(const CheckpointRow& a, const CheckpointRow& b) {
  return a.step == b.step && a.epoch == b.epoch && a.attempt == b.attempt && a.is_best == b.is_best &&
         a.is_final == b.is_final && a.file == b.file && a.bytes == b.bytes && a.digest == b.digest &&
         std::memcmp(&a.metric, &b.metric, sizeof a.metric) == 0 && a.is_kept == b.is_kept &&
         a.is_superseded == b.is_superseded;
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
  if (row.is_best) json.set("metric", row.metric);
  return json;
}

}  // namespace

std::string run_file(const Record& record) {
  h5::Writer file;
  write_root(file, record);
  write_config(file, record.begin);
  write_environment(file, record.begin);
  write_data(file, record.begin.data);
  write_series(file, record);
  write_arrays(file, record);
  write_events(file, record.events);
  write_checkpoints(file, record);
  write_attempts(file, record.attempts);
  return file.finish();
}

Record record_of(const h5::Reader& file) {
  Record record;
  read_root(file, record);
  read_config(file, record.begin);
  read_series(file, record);
  read_arrays(file, record);
  read_events(file, record.events);
  read_checkpoints(file, record.checkpoints);
  read_attempts(file, record.attempts);
  if (!record.attempts.empty()) record.begin.environment = record.attempts.back().environment;
  return record;
}

bool holds_the_same(const Record& a, const Record& b) {
  return a.id == b.id && a.state == b.state && a.step == b.step && a.epoch == b.epoch &&
         a.begin.resolved == b.begin.resolved && a.begin.provenance == b.begin.provenance &&
         a.begin.sources == b.begin.sources && a.begin.data == b.begin.data && same(a.series, b.series) &&
         same(a.arrays, b.arrays) && same(a.superseded, b.superseded) &&
         same(a.superseded_arrays, b.superseded_arrays) && a.events == b.events &&
         std::equal(a.checkpoints.begin(), a.checkpoints.end(), b.checkpoints.begin(), b.checkpoints.end(),
                    [](const CheckpointRow& x, const CheckpointRow& y) { return same(x, y); });
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

Json result_of(const Record& record, std::string_view run_file, std::int64_t wall_ns) {
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
  result.set("record", Json(Json::Map{{"file", "run.h5"},
                                      {"bytes", std::uint64_t{run_file.size()}},
                                      {"digest", block_digest(run_file)}}));
  return result;
}

}  // namespace assay::store
