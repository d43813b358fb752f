#include "runner/store/record_writer.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/record_file.h"

namespace assay::store {
namespace {

/// How often run.h5 is published without being asked: so that it is fresh, and costs little.
constexpr double shortest_pause_s = 5;
constexpr double largest_share = 0.02;

std::string scalars_text(const std::vector<Scalar>& scalars) {
  std::vector<std::string> parts;
  for (const Scalar& scalar : scalars) parts.push_back(text(scalar.name, ' ', scalar.value));
  return join(parts, ", ");
}

/// What /events keeps of an event; the kind is empty for those that it does not keep, as they come with every
/// step.
struct Describe {
  EventRow operator()(const RunStarted& e) const {
    return {0, 0, "run_started",
            text(e.parameters, " parameters on ", e.device, ", ", count_text(e.threads, "thread"))};
  }
  EventRow operator()(const EpochStarted&) const { return {}; }
  EventRow operator()(const StepDone&) const { return {}; }
  EventRow operator()(const Evaluated& e) const { return {e.step, 0, "evaluated", scalars_text(e.scalars)}; }
  EventRow operator()(const CheckpointSaved& e) const {
    return {e.step, 0, "checkpoint_saved", e.is_best ? text(e.file, " (best)") : e.file};
  }
  EventRow operator()(const EpochDone& e) const { return {e.step, 0, "epoch_done", text("epoch ", e.epoch)}; }
  EventRow operator()(const RunDone& e) const { return {e.step, 0, "run_done", e.why}; }
  EventRow operator()(const RunFailed& e) const { return {e.step, 0, "run_failed", e.message}; }
};

RunState state_after(Outcome::Status status) {
  switch (status) {
    case Outcome::Status::finished:
      return RunState::finished;
    case Outcome::Status::stopped:
      return RunState::stopped;
    case Outcome::Status::failed:
      return RunState::failed;
  }
  return RunState::failed;
}

struct Claimed {
  RunPlace place;
  int attempt = 0;
};

/// The next attempt at the run, ours alone.
Claimed claim_next(const BeginRun& begin, std::int64_t wall_ns) {
  for (;;) {
    RunPlace place = find_place(begin.runs_dir, begin.name, begin.id, begin.is_new);
    refuse_if_running(place);
    if (place.status.state == RunState::finished) {
      throw Error(Kind::store, Problem{Where::path(place.folder),
                                       {},
                                       "this run is finished",
                                       "pass --new for a further run of the same config"});
    }
    make_folders(place.folder);
    const int attempt = place.status.attempt + 1;
    if (publish_claim(place.folder, claim_of_this_process(attempt, wall_ns)))
      return {std::move(place), attempt};
    // Someone else was first: look again.
  }
}

}  // namespace

struct RecordWriter::Content {
  Content(BeginRun begin, Claimed claimed, std::int64_t start_ns, const Clock& run_clock)
      : clock(run_clock),
        folder(claimed.place.folder),
        attempt_folder(text("a.", claimed.attempt)),
        previous(std::move(claimed.place.status)),
        start_s(run_clock.monotonic_s()) {
    record.begin = std::move(begin);
    record.id = claimed.place.id;
    record.attempt = claimed.attempt;
    record.start_ns = start_ns;
  }

  std::string path(std::string_view name) const { return join_path(folder, name); }

  void make_attempt_folder() {
    make_folders(path(attempt_folder));
    make_folders(path(attempt_folder + "/ckpt"));
    // What an earlier attempt published is kept under a second name before run.h5 becomes ours.
    if (exists(path("run.h5"))) link_once(path("run.h5"), path(attempt_folder + "/previous.h5"));
  }

  /// What a killed attempt was writing aside. Claims are left alone: another process may be writing one now.
  void remove_leftovers() const {
    const std::string earlier = path(text("a.", record.attempt - 1));
    for (const std::string& place : {folder, earlier, earlier + "/ckpt"}) {
      for (const std::string& name : list_folder(place)) {
        const bool is_of_a_run = name.starts_with(".run.h5.") || name.starts_with(".summary.json.");
        const bool is_ours = is_of_a_run || name.starts_with(".step-");
        if (is_ours && name.ends_with(".tmp")) remove_file(join_path(place, name));
      }
    }
  }

  /// Whoever claims the next attempt owns the run from then on.
  void refuse_if_fenced() const {
    const auto claim = find_claim(folder, record.attempt + 1);
    if (!claim) return;
    throw Error(Kind::fenced, Problem{Where::path(folder),
                                      {},
                                      text("another process went on with this run (attempt ", claim->attempt,
                                           ", process ", claim->pid, " on ", claim->host, ")"),
                                      {}});
  }

  void publish_all() {
    refuse_if_fenced();
    const double begun_s = clock.monotonic_s();
    if (record.state == RunState::running) record.seconds = begun_s - start_s;
    mark_replaced();
    assay::publish(path("run.h5"), run_file(record));
    remove_replaced();
    last_publish_s = clock.monotonic_s();
    publish_cost_s = last_publish_s - begun_s;
  }

  void publish_summary() const {
    assay::publish(path("summary.json"), to_text(to_json(summary_of(record)), 2) + '\n');
  }

  void publish_if_due() {
    const double pause_s = std::max(shortest_pause_s, publish_cost_s / largest_share);
    if (clock.monotonic_s() - last_publish_s < pause_s) return;
    publish_all();
    publish_summary();
  }

  bool is_current(const std::string& file) const {
    for (const char* kind : {"final", "best"}) {
      const CheckpointRow* row = record.latest(kind);
      if (row && row->file == file) return true;
    }
    return false;
  }

  void mark_replaced() {
    for (CheckpointRow& row : record.checkpoints) {
      if (!row.is_kept || is_current(row.file)) continue;
      row.is_kept = false;
      replaced.push_back(row.file);
    }
  }

  /// Only after a run.h5 without them is in place.
  void remove_replaced() {
    for (const std::string& file : replaced) remove_file(path(file));
    replaced.clear();
  }

  /// A name for a checkpoint's file: never one that stood for other bytes. The same bytes keep their name.
  std::string file_for(std::int64_t step, const std::string& digest) const {
    for (int number = 1;; ++number) {
      const std::string file = text(attempt_folder, "/ckpt/", checkpoint_name(step, number));
      const auto same = std::find_if(record.checkpoints.begin(), record.checkpoints.end(),
                                     [&](const CheckpointRow& row) { return row.file == file; });
      const bool is_ours = same == record.checkpoints.end() || (same->digest == digest && same->is_kept);
      if (is_ours) return file;
    }
  }

  void add_event(EventRow row) {
    row.wall_ns = clock.wall_ns();
    append(path(attempt_folder + "/log.txt"),
           text(iso_time(row.wall_ns), " step ", row.step, ' ', row.kind, ' ', printable(row.message), '\n'));
    record.events.push_back(std::move(row));
  }

  void release(RunState state, const std::string& message) {
    Json json;
    json.set("attempt", record.attempt);
    json.set("status", to_string(state));
    json.set("message", message);
    json.set("step", record.step);
    json.set("time", iso_time(clock.wall_ns()));
    publish_once(path(text("released.", record.attempt)), to_text(json, 2) + '\n');
    is_released = true;
  }

  /// For what cannot be helped: whoever looks next finds the run `lost` once this process is gone.
  void try_to_release(RunState state, const std::string& message) noexcept {
    try {
      release(state, message);
    } catch (...) {
      is_released = true;
    }
  }

  void commit_result() {
    const std::string result = to_text(result_of(record, clock.wall_ns()), 2) + '\n';
    if (!publish_once(path("result.json"), result)) {
      throw Error(Kind::fenced,
                  Problem{Where::path(folder), {}, "another attempt finished this run first", {}});
    }
    is_released = true;
  }

  Record record;
  const Clock& clock;
  std::string folder;
  std::string attempt_folder;  // within the folder
  RunStatus previous;
  double start_s = 0;
  double last_publish_s = 0;
  double publish_cost_s = 0;
  std::vector<std::string> replaced;  // checkpoints to remove after the next run.h5
  bool is_released = false;           // the attempt's end is on disk, or cannot be put there
};

std::unique_ptr<RecordWriter> RecordWriter::begin(BeginRun begin, const Clock& clock) {
  const std::int64_t start_ns = clock.wall_ns();
  Claimed claimed = claim_next(begin, start_ns);
  // From here on, a failure releases the attempt: the writer's destructor does.
  std::unique_ptr<RecordWriter> writer(
      new RecordWriter(std::make_unique<Content>(std::move(begin), std::move(claimed), start_ns, clock)));
  writer->content_->make_attempt_folder();
  writer->content_->remove_leftovers();
  writer->publish();
  return writer;
}

RecordWriter::RecordWriter(std::unique_ptr<Content> content) : content_(std::move(content)) {}

RecordWriter::~RecordWriter() {
  if (!content_->is_released) content_->try_to_release(RunState::failed, "it ended before it was finished");
}

const std::string& RecordWriter::folder() const { return content_->folder; }
const std::string& RecordWriter::id() const { return content_->record.id; }
int RecordWriter::attempt() const { return content_->record.attempt; }
const RunStatus& RecordWriter::previous() const { return content_->previous; }

void RecordWriter::log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) {
  const std::int64_t now_ns = content_->clock.wall_ns();
  Record& record = content_->record;
  record.step = std::max(record.step, step);
  record.epoch = std::max(record.epoch, epoch);
  for (const Scalar& scalar : row) {
    Series& series = record.series[series_key(scalar.name)];
    series.step.push_back(step);
    series.epoch.push_back(epoch);
    series.wall_ns.push_back(now_ns);
    series.value.push_back(scalar.value);
  }
  content_->publish_if_due();
}

void RecordWriter::event(const Event& event) {
  EventRow row = std::visit(Describe{}, event);
  if (!row.kind.empty()) content_->add_event(std::move(row));
}

std::string RecordWriter::checkpoint(const CheckpointInfo& info, const State& state) {
  content_->refuse_if_fenced();
  const std::string bytes = checkpoint_bytes(content_->record.begin.id, info, state);
  const std::string digest = block_digest(bytes);
  const std::string file = content_->file_for(info.step, digest);
  if (!exists(content_->path(file))) assay::publish(content_->path(file), bytes);
  CheckpointRow row{info.step, info.epoch, info.is_best ? "best" : "final", file, bytes.size(), digest};
  row.metric = info.is_best ? info.metric : std::numeric_limits<double>::quiet_NaN();
  content_->record.checkpoints.push_back(std::move(row));
  content_->publish_if_due();
  return file;
}

// Each checkpoint is on disk when checkpoint() returns.
void RecordWriter::settle() {}

void RecordWriter::publish() {
  content_->publish_all();
  content_->publish_summary();
}

void RecordWriter::note(std::string_view key, Json value) {
  content_->record.begin.environment.set(key, std::move(value));
}

void RecordWriter::finish(const Outcome& outcome) {
  ASSAY_ASSERT(!content_->is_released);
  Record& record = content_->record;
  record.state = state_after(outcome.status);
  record.message = outcome.message;
  record.step = outcome.step;
  record.epoch = outcome.epoch;
  record.seconds = outcome.seconds;
  record.outcome = outcome.metrics;
  try {
    content_->publish_all();
    if (outcome.status == Outcome::Status::finished) {
      content_->commit_result();
    } else {
      content_->release(record.state, record.message);
    }
    content_->publish_summary();
  } catch (const Error& error) {
    const std::string why = text("its record could not be completed: ", error.problems().front().message);
    if (!content_->is_released) content_->try_to_release(RunState::failed, why);
    throw;
  }
}

}  // namespace assay::store
