// How fast a config trains: time a step, as the real engine with the real record takes it.
//
//   bench_steps CONFIG [key=value ...] --runs FOLDER [--skip 100] [--steps 1000]    prints one line of JSON
//   bench_steps CONFIG [key=value ...] --data FILE      writes the training rows instead, for other programs
//
// Steps are counted from when `skip` of them are done. Processor time is that of the whole process, with the
// threads that write the record. With RANK and its companions set it is one of several processes; rank 0
// records and prints.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/no_record.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/load.h"
#include "runner/launch/rank_variables.h"
#include "runner/prepare/prepare.h"
#include "runner/store/record_writer.h"

namespace {

using namespace assay;

struct Options {
  std::string config;
  std::vector<std::string> overrides;
  std::string runs;
  std::string data;
  std::int64_t skip = 100;
  std::int64_t steps = 1000;
};

std::optional<Options> parse_options(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with("--")) {
      (options.config.empty() ? options.config : options.overrides.emplace_back()) = word;
      continue;
    }
    if (++i == words.size()) return std::nullopt;
    if (word == "--runs") {
      options.runs = words[i];
    } else if (word == "--data") {
      options.data = words[i];
    } else if (word == "--skip") {
      options.skip = parse_integer(words[i]).value_or(-1);
    } else if (word == "--steps") {
      options.steps = parse_integer(words[i]).value_or(0);
    } else {
      return std::nullopt;
    }
  }
  const bool is_whole = !options.config.empty() && (!options.runs.empty() || !options.data.empty());
  return is_whole && options.skip >= 0 && options.steps > 0 ? std::optional(options) : std::nullopt;
}

struct Instant {
  double cpu_s = 0;
  double wall_s = 0;
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Instant now() {
  const auto wall = std::chrono::steady_clock::now().time_since_epoch();
  return {cpu_seconds(), std::chrono::duration<double>(wall).count()};
}

/// Notes the time at two steps.
class Stopwatch final : public Listener {
 public:
  Stopwatch(std::int64_t first, std::int64_t last) : first_(first), last_(last) { begun_ = now(); }

  void on(const Event& event) override {
    const auto* done = std::get_if<StepDone>(&event);
    if (done == nullptr) return;
    if (done->step == first_) begun_ = now();
    if (done->step == last_) ended_ = now();
  }
  double cpu_us() const { return 1e6 * (ended_.cpu_s - begun_.cpu_s) / steps(); }
  double wall_us() const { return 1e6 * (ended_.wall_s - begun_.wall_s) / steps(); }

 private:
  double steps() const { return static_cast<double>(last_ - first_); }

  std::int64_t first_, last_;
  Instant begun_, ended_;
};

/// A config that is ready to train.
struct Ready {
  explicit Ready(const Options& options);

  Registry registry = builtin_registry();
  Implementations parts = builtin_implementations();
  LoadedConfig config;
  Prepared prepared;
};

Ready::Ready(const Options& options) {
  ConfigRequest request;
  request.file = options.config;
  request.overrides = options.overrides;
  request.shipped_presets = cli::shipped_configs();
  config = load_config(request, registry);
  std::vector<Problem> warnings;
  prepared = prepare(config.experiment, parts, data_roots(config.experiment, cli::shipped_data()), warnings);
}

store::BeginRun begin_run(const Ready& ready, const Options& options) {
  store::BeginRun begin;
  begin.runs_dir = options.runs;
  begin.name = ready.config.experiment.name;
  begin.id = "0000000000";
  begin.is_new = true;
  begin.resolved = ready.config.resolved;
  begin.provenance = ready.config.provenance;
  begin.environment = Json::map();
  return begin;
}

int measure(Ready& ready, const Options& options) {
  const std::unique_ptr<Engine> engine = cli::open_engine(ready.parts, {});
  const std::optional<RankPlace> place = launch::rank_place_of_this_process();
  const bool is_first = !place || place->rank == 0;
  NoRecord nothing;
  const auto record = is_first ? store::RecordWriter::begin(begin_run(ready, options)) : nullptr;
  Recorder& recorder = is_first ? static_cast<Recorder&>(*record) : nothing;
  Stopwatch stopwatch(options.skip, options.skip + options.steps);
  TrainJob job{ready.config.experiment, ready.prepared, ready.parts, recorder, stopwatch};
  job.place = place ? &*place : nullptr;
  const Outcome outcome = engine->train(job);
  if (outcome.status != Outcome::Status::finished) {
    std::fprintf(stderr, "bench_steps: %s\n", outcome.message.c_str());
    return 1;
  }
  if (!is_first) return 0;
  Json result = Json::map();
  result.set("cpu_us", stopwatch.cpu_us());
  result.set("wall_us", stopwatch.wall_us());
  result.set("folder", record->folder());
  std::printf("%s\n", to_text(result).c_str());
  return 0;
}

/// The rows of `column` in the order of `rows`.
Array rows_of(const Array& column, const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> shape = column.shape();
  const std::size_t row_bytes = column.bytes() / static_cast<std::size_t>(shape.front());
  shape.front() = static_cast<std::int64_t>(rows.size());
  Array out(column.dtype(), shape);
  std::byte* to = out.data();
  for (const std::int64_t row : rows) {
    const std::byte* from = column.data() + static_cast<std::size_t>(row) * row_bytes;
    to = std::copy(from, from + row_bytes, to);
  }
  return out;
}

// Where rows are windows of a series: the series and where the windows begin.
int write_data(const Ready& ready, const std::string& file) {
  const std::vector<std::int64_t>& rows = ready.prepared.rows.train;
  h5::Writer out;
  if (const std::optional<Windows>& windows = ready.prepared.windows) {
    out.array("series", windows->series.view());
    out.array("starts", {Dtype::i64,
                         {static_cast<std::int64_t>(rows.size())},
                         reinterpret_cast<const std::byte*>(rows.data())});
    out.attribute("series", "length", windows->length);
  } else {
    out.array("x", rows_of(ready.prepared.inputs.front(), rows).view());
    out.array("y", rows_of(ready.prepared.target, rows).view());
  }
  publish(file, out.finish());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<Options> options = parse_options({argv + 1, argv + argc});
  if (!options) {
    std::fprintf(
        stderr,
        "use: bench_steps CONFIG [key=value ...] (--runs FOLDER [--skip N] [--steps N] | --data FILE)\n");
    return 2;
  }
  try {
    options->overrides.push_back(text("train.until=", options->skip + options->steps, " steps"));
    Ready ready(*options);
    return options->data.empty() ? measure(ready, *options) : write_data(ready, options->data);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_steps: %s\n", error.what());
    return 1;
  }
}
