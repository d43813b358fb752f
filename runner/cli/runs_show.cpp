// `assay runs show`: one run, from its summary and its run.h5.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/clock.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/grid_text.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/progress.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/table.h"
#include "runner/config/to_yaml.h"
#include "runner/report/sparkline.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

using store::RunState;
using store::RunSummary;

struct MetricView {
  std::string name;
  double least = NAN, most = NAN;
  std::vector<double> values;
};

/// What run.h5 says beyond the summary; every part is read as docs/formats/run.md names it.
class RecordView {
 public:
  explicit RecordView(const std::string& folder) : file_(store::open_record(folder)) {}

  Json config() const { return parse_json(file_.text("config/resolved"), "config/resolved"); }

  /// What environment() and the engine wrote, in the order in which a reader asks for it.
  Json environment() const {
    Json map = Json::map();
    for (const char* key : {"host", "device", "cpu", "cpu_capability", "os", "assay", "commit", "compiler",
                            "build_type", "libtorch", "libraries", "plugins", "gpu", "driver", "variables"}) {
      if (!file_.has_attribute("environment", key)) continue;
      const std::string value = file_.text_attribute("environment", key);
      map.set(key, value.rfind('{', 0) == 0 ? parse_json(value, key) : Json(value));
    }
    for (const char* key : {"threads", "cores", "memory_bytes", "parameters"}) {
      if (file_.has_attribute("environment", key)) map.set(key, file_.integer_attribute("environment", key));
    }
    return map;
  }

  /// What the environment says of a thing as a map: `failure`, `parent`, `repeats`.
  std::optional<Json> find(const std::string& key) const {
    if (!file_.has_attribute("environment", key)) return std::nullopt;
    return parse_json(file_.text_attribute("environment", key), key);
  }

  std::string command() const {
    const Json typed = parse_json(file_.text_attribute("/", "command"), "command");
    std::string words;
    for (const Json& word : typed.items()) {
      if (word.is_text()) words.append(words.empty() ? "" : " ").append(shell_quoted(word.text()));
    }
    return words;
  }

  Json data() const {
    Json list = Json::list();
    const std::vector<std::string> paths = file_.texts("data/path");
    const std::vector<std::string> digests = file_.texts("data/sha256");
    const Array bytes = file_.array("data/bytes");
    for (std::size_t i = 0; i < paths.size(); ++i) {
      list.push(Json(
          Json::Map{{"path", paths[i]}, {"bytes", bytes.as<std::int64_t>()[i]}, {"sha256", digests.at(i)}}));
    }
    return list;
  }

  /// Those that are still there.
  Json checkpoints() const {
    Json list = Json::list();
    const std::vector<std::string> kinds = file_.texts("checkpoints/table/kind");
    const std::vector<std::string> files = file_.texts("checkpoints/table/file");
    const Array steps = file_.array("checkpoints/table/step");
    const Array bytes = file_.array("checkpoints/table/bytes");
    const Array kept = file_.array("checkpoints/table/kept");
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (element(kept, static_cast<std::int64_t>(i)) == 0) continue;
      list.push(Json(Json::Map{{"kind", kinds.at(i)},
                               {"step", steps.as<std::int64_t>()[i]},
                               {"file", files[i]},
                               {"bytes", bytes.as<std::int64_t>()[i]}}));
    }
    return list;
  }

  /// Sorted by name; without those that have no row.
  std::vector<MetricView> metrics() const {
    std::vector<MetricView> all;
    for (const std::string& split : file_.names("metrics")) {
      for (const std::string& name : file_.names("metrics/" + split)) {
        const Array values = file_.array(text("metrics/", split, '/', name, "/value"));
        if (values.count() > 0) all.push_back(metric(text(split, '/', name), values));
      }
    }
    return all;
  }

 private:
  static MetricView metric(std::string name, const Array& values) {
    MetricView view{std::move(name), NAN, NAN, {}};
    view.values.assign(values.as<double>(), values.as<double>() + values.count());
    for (const double value : view.values) {
      if (!(view.least <= value)) view.least = value;  // also replaces a NaN
      if (!(view.most >= value)) view.most = value;
    }
    return view;
  }

  h5::Reader file_;
};

std::string heading(const Output& out, std::string_view title) {
  return text('\n', out.paint(Style::bold, title), '\n');
}

std::string metrics_text(const std::vector<MetricView>& metrics, const Output& out) {
  constexpr auto right = Table::Align::right;
  constexpr int curve_columns = 24;
  Table table({{"", Table::Align::left, Table::Fit::cut},
               {"last", right},
               {"least", right},
               {"most", right},
               {"rows", right, Table::Fit::drop},
               {"course", Table::Align::left, Table::Fit::drop}});
  for (const MetricView& metric : metrics) {
    const bool is_series = metric.values.size() > 1;
    table.row({printable(metric.name), metric_text(metric.values.back()),
               is_series ? metric_text(metric.least) : "", is_series ? metric_text(metric.most) : "",
               text(metric.values.size()),
               report::sparkline(metric.values, curve_columns, locale_is_utf8())});
  }
  return table.is_empty() ? "  none yet\n" : table.text(out, 2);
}

/// {"valid/accuracy": {"last": ..., "least": ..., "most": ..., "rows": ...}}
Json metrics_json(const std::vector<MetricView>& metrics) {
  Json map = Json::map();
  for (const MetricView& metric : metrics) {
    map.set(metric.name, Json(Json::Map{{"last", metric.values.back()},
                                        {"least", metric.least},
                                        {"most", metric.most},
                                        {"rows", std::uint64_t{metric.values.size()}}}));
  }
  return map;
}

std::string data_text(const Json& data, const Output& out) {
  Table table({{{}, Table::Align::left, Table::Fit::cut},
               {{}, Table::Align::right},
               {{}, Table::Align::left, Table::Fit::cut}});
  for (const Json& file : data.items()) {
    table.row({printable(file.find("path")->text()),
               bytes_text(static_cast<std::uint64_t>(file.find("bytes")->integer())),
               "sha256 " + printable(file.find("sha256")->text())});
  }
  return table.is_empty() ? "  no files\n" : table.text(out, 2);
}

std::string checkpoints_text(const Json& checkpoints, const Output& out) {
  Table table({{}, {}, {{}, Table::Align::left, Table::Fit::cut}, {{}, Table::Align::right}});
  for (const Json& row : checkpoints.items()) {
    table.row({printable(row.find("kind")->text()), text("step ", row.find("step")->integer()),
               printable(row.find("file")->text()),
               bytes_text(static_cast<std::uint64_t>(row.find("bytes")->integer()))});
  }
  return table.is_empty() ? "  none\n" : table.text(out, 2);
}

/// Maps within become `os.kernel`.
void add_facts(const Json& map, const std::string& prefix, Facts& facts) {
  for (const auto& [key, value] : map.entries()) {
    const std::string name = prefix + key;
    if (value.is_map()) {
      add_facts(value, name + '.', facts);
    } else if (!value.is_text() || !value.text().empty()) {
      facts.emplace_back(printable(name), value.is_text() ? value.text() : to_text(value));
    }
  }
}

Facts state_facts(const RunSummary& run) {
  Facts facts;
  const auto [cause, hint] = cause_and_hint(run.message);
  if (!cause.empty()) facts.emplace_back(run.state == RunState::failed ? "cause" : "why", cause);
  if (!hint.empty()) facts.emplace_back("hint", hint);
  facts.emplace_back("started",
                     text(local_time(run.start_ns), ", ", age_text(run.start_ns, system_clock().wall_ns())));
  facts.emplace_back("time", text(duration_text(run.seconds), ", ", count_text(run.step, "step"), ", ",
                                  count_text(run.epoch, "epoch"), ", attempt ", run.attempt));
  if (run.best_value) {
    facts.emplace_back("best",
                       text(run.best_metric, ' ', metric_text(*run.best_value), " at step ", run.best_step));
  }
  if (!run.tags.empty()) facts.emplace_back("tags", join(run.tags, ", "));
  facts.emplace_back("folder", run.folder);
  return facts;
}

/// What to do about a run that did not end well.
std::string next_step(const RunSummary& run) {
  if (run.state != RunState::failed && run.state != RunState::lost && run.state != RunState::stopped)
    return {};
  return "assay resume " + shell_quoted(run.folder);
}

std::string page(const RunSummary& run, const RecordView& record, const Output& out) {
  Facts facts = state_facts(run);
  if (const std::optional<Json> parent = record.find("parent")) {
    facts.emplace_back("fork of",
                       text(printable(parent->find("run")->text()), '@', parent->find("step")->integer()));
  }
  if (const std::optional<Json> repeated = record.find("repeats"))
    facts.emplace_back("repeats", printable(repeated->find("run")->text()));
  facts.emplace_back("command", record.command());
  if (const std::string next = next_step(run); !next.empty()) facts.emplace_back("go on with", next);

  std::string lines = text(out.paint(style_of(run.state), to_string(run.state)), "  ", run_name(run), '\n',
                           facts_text(facts, out));
  lines += heading(out, "Metrics") + metrics_text(record.metrics(), out);
  lines += heading(out, "Checkpoints") + checkpoints_text(record.checkpoints(), out);
  lines += heading(out, "Data") + data_text(record.data(), out);
  lines += heading(out, "Config");
  for (const std::string& line : split(trim(to_yaml(record.config())), '\n'))
    lines += "  " + printable(line) + '\n';
  Facts environment;
  add_facts(record.environment(), "", environment);
  return lines + heading(out, "Environment") + facts_text(environment, out);
}

Json to_json(const RunSummary& run, const RecordView& record) {
  Json json = store::to_json(run);
  json.set("folder", run.folder);
  json.set("state", to_string(run.state));
  json.set("command", record.command());
  if (const std::string next = next_step(run); !next.empty()) json.set("next", next);
  json.set("metrics", metrics_json(record.metrics()));
  json.set("checkpoints", record.checkpoints());
  json.set("data", record.data());
  json.set("config", record.config());
  json.set("environment", record.environment());
  for (const char* key : {"parent", "repeats", "failure"}) {
    if (std::optional<Json> found = record.find(key)) json.set(key, std::move(*found));
  }
  return json;
}

class RunsShow final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about = "Shows one run: how it went, its numbers, checkpoints, data, config and machine.";
    syntax.positional("RUN", run_,
                      "its folder, its id or the beginning of it, or its name if there is one of that name");
    runs_.describe(syntax);
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay runs show 3f2a", "the run whose id begins so");
    syntax.example("assay runs show runs/digits-mlp/3f2a91c0de --format json", "for a program");
  }

  int run(Session& session) override {
    const RunSummary run = store::find_run(runs_.path(), run_);
    const RecordView record(run.folder);
    if (format_ == "json") {
      write_exactly(session.out, to_text(to_json(run, record), 2) + '\n');
    } else {
      session.out.write(page(run, record, session.out));
    }
    return 0;
  }

 private:
  std::string run_;
  RunsFolder runs_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_runs_show() { return std::make_unique<RunsShow>(); }

}  // namespace assay::cli
