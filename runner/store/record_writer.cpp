#include "runner/store/record_writer.h"

#include <exception>
#include <utility>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/event_row.h"
#include "runner/store/journal.h"
#include "runner/store/journal_text.h"
#include "runner/store/keeper.h"
#include "runner/store/record_file.h"
#include "runner/store/recovery.h"

namespace assay::store {
namespace {

struct Claimed {
  RunPlace place;
  int attempt = 0;
};

/// Whether an attempt that cannot be seen from here lives. Throws if it does.
void watch_unseen(const RunPlace& place, const BeginRun& begin) {
  const Claim& claim = *place.status.claim;
  const auto waiting = [&](double seconds_left) {
    if (begin.waiting) begin.waiting(claim, seconds_left);
  };
  if (watch(place.folder, place.status.attempt, begin.times.lease, waiting) != Sign::alive) return;
  throw Error(Kind::store, Problem{Where::path(place.folder),
                                   {},
                                   text("this run is running, on ", claim.host, " (process ", claim.pid, ')'),
                                   "wait for it, or pass --new for a further run of the same config"});
}

RunPlace place_of(const BeginRun& begin) {
  if (begin.folder.empty()) return find_place(begin.runs_dir, begin.name, begin.id, begin.is_new);
  return {begin.folder, begin.id, status_of(begin.folder)};
}

/// What the caller has claimed; those before it, if there were any, are known to be over.
Claimed claimed_already(const BeginRun& begin) {
  RunStatus before;
  before.attempt = begin.attempt - 1;
  if (before.attempt > 0) before.state = RunState::lost;
  return {{begin.folder, begin.id, before}, begin.attempt};
}

/// Where it turns out that the last attempt is not lost after all, its folder has to be looked at again.
bool is_not_over(RunState last) { return last == RunState::finished || last == RunState::running; }

/// The next attempt at the run, ours alone.
Claimed claim_next(const BeginRun& begin, std::int64_t wall_ns) {
  if (begin.attempt > 0) return claimed_already(begin);
  for (;;) {
    RunPlace place = place_of(begin);
    refuse_if_running(place);
    if (place.status.state == RunState::finished) {
      throw Error(Kind::store, Problem{Where::path(place.folder),
                                       {},
                                       "this run is finished",
                                       "pass --new for a further run of the same config"});
    }
    if (place.status.state == RunState::running) {
      watch_unseen(place, begin);
      const RunStatus now = status_of(place.folder);
      if (now.state != RunState::running || now.attempt != place.status.attempt) continue;
    }
    make_folders(place.folder);
    const int last = place.status.attempt;
    if (last > 0 && is_not_over(end_lost(place.folder, last, AsideFile::Durable::at_once))) continue;
    const int attempt = last + 1;
    if (publish_claim(place.folder, claim_of_this_process(attempt, wall_ns)))
      return {std::move(place), attempt};
    // Someone else was first: look again.
  }
}

}  // namespace

struct RecordWriter::Content {
  Content(BeginRun run, Claimed claimed, const Clock& run_clock)
      : clock(run_clock),
        begin(std::move(run)),
        folder(std::move(claimed.place.folder)),
        id(std::move(claimed.place.id)),
        attempt(claimed.attempt),
        run_file_name(begin.attempt == 0 ? "run.h5" : own_record(attempt)),
        previous(std::move(claimed.place.status)) {}

  ~Content() {
    if (is_ended) return;
    if (keeper) keeper->stop();
    if (!failure.is_fenced()) {
      try_to_end(Outcome{Outcome::Status::failed, "it ended before it was finished", step(), 0, 0, {}});
    }
  }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  std::string path(std::string_view name) const { return join_path(folder, name); }
  std::string attempt_folder() const { return path(text("a.", attempt)); }

  void open() {
    make_folders(attempt_folder());
    make_folders(attempt_folder() + "/ckpt");
    lease.emplace(folder, attempt, begin.times.lease,
                  [this](std::exception_ptr why) { failure.keep(std::move(why)); });
    lease->check();  // of a run that was finished meanwhile nothing is left over
    Recovery recovery = recover(folder, attempt);
    point = std::move(recovery.point);
    warnings = std::move(recovery.warnings);
    const Json first = to_json(AttemptBegin{attempt, id, ASSAY_VERSION, recovery.origin, begin});
    journal.emplace(attempt_folder(), first, clock, begin.times.sync, failure);
    keeper.emplace(Keeper::Place{folder, attempt, run_file_name, begin.retention, recovery.best_file,
                                 recovery.origin.seconds, point ? recovery.origin.step : -1},
                   std::move(recovery.replay), *journal, *lease, failure, clock);
    keeper->publish_now();
    keeper->start();
  }

  /// For errors of the disk: what it has all the same.
  std::string what_is_safe() const {
    if (!keeper) return previous.attempt > 0 ? "what the attempts before recorded is as it was" : "";
    const std::int64_t step = keeper->committed_step();
    std::string out = n_rows == 0 ? text("no row was logged by attempt ", attempt)
                                  : text("what was logged up to step ", last_step, " is in the journal");
    out += step < 0 ? "; there is no checkpoint yet"
                    : text("; the checkpoint of step ", step, " is on the disk");
    return out;
  }

  /// Does it; an error of the disk says what is safe.
  template <class Do>
  auto saying_what_is_safe(Do what) {
    try {
      return what();
    } catch (const Error& error) {
      const bool is_of_files = error.kind() == Kind::store || error.kind() == Kind::data;
      std::string safe = is_of_files ? what_is_safe() : "";
      if (safe.empty()) throw;
      std::vector<Problem> problems = error.problems();
      problems.front().notes.push_back(std::move(safe));
      throw Error(error.kind(), std::move(problems));
    }
  }

  /// What is logged by an attempt that may have been overtaken is void, so it is not taken.
  void check_may_log() {
    failure.rethrow();
    lease->check_overdue();
  }

  std::int64_t step() const { return keeper ? keeper->record().step : 0; }

  void finish(const Outcome& outcome) {
    keeper->stop();
    if (outcome.status != Outcome::Status::failed) failure.rethrow();
    lease->check();
    journal->blob(JournalKind::end, to_json(outcome));
    journal->sync();
    if (outcome.status == Outcome::Status::finished) {
      commit_result(keeper->publish_run_file());
      costing_nothing([&] { keeper->publish_summary(); });
      costing_nothing([&] { seal(); });
    } else {
      costing_nothing([&] { keeper->publish_now(); });  // it can be made again from the journal
      release(state_after(outcome.status), outcome.message, outcome.step);
    }
    is_ended = true;
    costing_nothing([&] { lease->stop_and_remove(); });
  }

  /// For what does not change how the run ended.
  template <class Do>
  void costing_nothing(Do step_of_the_end) {
    try {
      step_of_the_end();
    } catch (const Error& error) {
      if (error.kind() == Kind::fenced) throw;
      Problem problem = error.problems().front();
      problem.is_warning = true;
      warnings.push_back(std::move(problem));
    }
  }

  /// run.h5 is the record from here on: it must say what the journal says.
  void commit_result(const std::string& run_file) {
    const Record read = record_of(h5::Reader::open(path(run_file_name)));
    if (!holds_the_same(read, keeper->record())) {
      throw Error(Kind::store, Problem{Where::path(path(run_file_name)),
                                       {},
                                       "does not read back as it was written",
                                       "check the disk; the run's journal is whole, and goes on from there"});
    }
    const std::string result = to_text(result_of(keeper->record(), run_file, clock.wall_ns()), 2) + '\n';
    if (!store::commit_result(folder, attempt, result, AsideFile::Durable::at_once)) fail_ended(folder);
    is_ended = true;
  }

  /// Of one attempt run.h5 is enough. Of several, one that was overtaken in its sleep may still replace it,
  /// and the journals make it again.
  void seal() {
    if (attempt != 1) return;
    keeper.reset();
    journal.reset();
    for (const std::string& name : list_folder(attempt_folder())) {
      if (name.starts_with("journal.")) remove_file(join_path(attempt_folder(), name));
    }
  }

  void release(RunState state, const std::string& message, std::int64_t at_step) {
    const Json json = release_json(attempt, state, message, at_step, clock.wall_ns());
    if (!publish_once(path(text("released.", attempt)), to_text(json, 2) + '\n')) fail_ended(folder);
    is_ended = true;
  }

  bool has_end() const { return exists(path("result.json")) || exists(path(text("released.", attempt))); }

  /// For what cannot be helped: whoever looks next finds the run `lost` once this process is gone.
  void try_to_end(const Outcome& outcome) noexcept {
    is_ended = true;
    try {
      if (journal) journal->blob(JournalKind::end, to_json(outcome));
    } catch (...) {  // the folder says it, then
    }
    try {
      release(state_after(outcome.status), outcome.message, outcome.step);
    } catch (...) {
    }
  }

  const Clock& clock;
  const BeginRun begin;
  const std::string folder;
  const std::string id;  // with its suffix
  const int attempt;
  const std::string run_file_name;
  const RunStatus previous;
  std::optional<ResumePoint> point;
  std::vector<Problem> warnings;
  bool is_ended = false;  // the attempt's end is on disk, or cannot be put there
  std::int64_t n_rows = 0;
  std::int64_t last_step = 0;  // of a row
  Failure failure;             // of the threads below, which end before it
  std::optional<Lease> lease;
  std::optional<Journal> journal;
  std::optional<Keeper> keeper;
};

std::unique_ptr<RecordWriter> RecordWriter::begin(BeginRun begin, const Clock& clock) {
  Claimed claimed = claim_next(begin, clock.wall_ns());
  const bool is_claimed_by_caller = begin.attempt != 0;
  // From here on, a failure releases the attempt: the content's destructor does.
  std::unique_ptr<RecordWriter> writer(
      new RecordWriter(std::make_unique<Content>(std::move(begin), std::move(claimed), clock)));
  Content& content = *writer->content_;
  content.is_ended = is_claimed_by_caller;  // who claimed it says what became of it
  content.saying_what_is_safe([&] { content.open(); });
  content.is_ended = false;
  return writer;
}

RecordWriter::RecordWriter(std::unique_ptr<Content> content) : content_(std::move(content)) {}

RecordWriter::~RecordWriter() = default;

const std::string& RecordWriter::folder() const { return content_->folder; }
const std::string& RecordWriter::id() const { return content_->id; }
int RecordWriter::attempt() const { return content_->attempt; }
const RunStatus& RecordWriter::previous() const { return content_->previous; }

std::optional<ResumePoint> RecordWriter::resume_point() {
  return std::exchange(content_->point, std::nullopt);
}

std::vector<Problem> RecordWriter::take_warnings() {
  std::vector<Problem> all = std::exchange(content_->warnings, {});
  if (!content_->keeper) return all;
  for (Problem& problem : content_->keeper->take_warnings()) all.push_back(std::move(problem));
  return all;
}

std::uint64_t RecordWriter::journal_length() const { return content_->journal->length(); }
std::uint64_t RecordWriter::durable_length() const { return content_->journal->durable(); }

void RecordWriter::log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) {
  content_->saying_what_is_safe([&] {
    content_->check_may_log();
    content_->journal->row(step, epoch, row);
  });
  ++content_->n_rows;
  content_->last_step = step;
}

void RecordWriter::array(std::int64_t step, std::string_view name, const ArrayView& values) {
  refuse_large_array(content_->folder, name, values);
  content_->saying_what_is_safe([&] {
    content_->check_may_log();
    content_->journal->blob(JournalKind::array, array_of(step, name, values));
  });
}

void RecordWriter::event(const Event& event) {
  content_->saying_what_is_safe([&] {
    content_->check_may_log();
    const EventRow row = event_row(event);
    if (!row.kind.empty()) content_->journal->blob(JournalKind::event, to_json(row));
  });
}

std::string RecordWriter::checkpoint(const CheckpointInfo& info, const State& state) {
  return content_->saying_what_is_safe([&] {
    content_->failure.rethrow();
    content_->lease->check();
    return content_->keeper->checkpoint(info, state);
  });
}

void RecordWriter::keep(std::string_view name, const State& state) {
  content_->lease->check();
  const std::string path = join_path(content_->attempt_folder(), std::string(name) + ".h5");
  write_checkpoint(path, content_->begin.id, {}, state);
}

void RecordWriter::settle() {
  content_->keeper->settle();
  content_->saying_what_is_safe([&] { content_->failure.rethrow(); });
}

void RecordWriter::publish() {
  content_->saying_what_is_safe([&] {
    content_->failure.rethrow();
    content_->keeper->publish();
  });
}

void RecordWriter::note(std::string_view key, Json value) {
  content_->journal->blob(JournalKind::note, note_of(key, std::move(value)));
}

void RecordWriter::finish(const Outcome& outcome) {
  ASSAY_ASSERT(!content_->is_ended);
  try {
    content_->saying_what_is_safe([&] { content_->finish(outcome); });
  } catch (const Error& error) {
    // It is on disk, but for what lists show, or for the certainty that it will stay there.
    if (content_->is_ended || content_->has_end()) {
      content_->is_ended = true;
      throw;
    }
    content_->is_ended = true;
    if (error.kind() == Kind::fenced) throw;
    const std::string why = text("its record could not be completed: ", error.problems().front().message);
    content_->try_to_end(
        Outcome{Outcome::Status::failed, why, outcome.step, outcome.epoch, outcome.seconds, outcome.metrics});
    throw;
  }
}

}  // namespace assay::store
