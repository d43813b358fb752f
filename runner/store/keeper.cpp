#include "runner/store/keeper.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/journal_text.h"
#include "runner/store/record_file.h"
#include "runner/store/retention.h"

namespace assay::store {
namespace {

/// How often the keeper looks whether something is due.
constexpr std::chrono::milliseconds tick(250);

}  // namespace

Keeper::Keeper(Place place, Replay replay, Journal& journal, const Lease& lease, Failure& failure,
               const Clock& clock)
    : place_(std::move(place)),
      journal_(journal),
      lease_(lease),
      failure_(failure),
      clock_(clock),
      start_s_(clock.monotonic_s()),
      replay_(std::move(replay)),
      n_logged_(replay_.record().events.size()),
      best_file_(place_.best_file),
      committed_step_(place_.step_before) {}

Keeper::~Keeper() { stop(); }

void Keeper::start() {
  thread_ = std::thread([this] { work(); });
}

void Keeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string Keeper::path(const std::string& file) const { return join_path(place_.folder, file); }

// ---- On the caller's thread.

void Keeper::wait_for_job(std::unique_lock<std::mutex>& lock) {
  done_.wait(lock, [this] { return !job_; });
}

std::string Keeper::checkpoint(const CheckpointInfo& info, const State& state) {
  std::unique_lock lock(mutex_);
  wait_for_job(lock);
  lock.unlock();
  failure_.rethrow();  // of the one before: this one would build on it

  CheckpointRow row;
  row.at = journal_.length();
  row.seconds = place_.seconds_before + (clock_.monotonic_s() - start_s_);
  row.step = info.step;
  row.epoch = info.epoch;
  row.is_best = info.is_best;
  row.is_final = info.is_final;
  if (info.is_best) row.metric = info.metric;
  row.file = file_for(info.step, state);
  if (info.is_best) best_file_ = row.file;
  row.best_file = best_file_;
  std::string file = row.file;

  lock.lock();
  job_ = Job{info, std::move(row)};
  wake_.notify_all();
  return file;
}

/// Never a name that stood for other bytes. The same state again, as when the best is also the last, keeps
/// its name; any other is copied.
std::string Keeper::file_for(std::int64_t step, const State& state) {
  if (step == last_step_ && staging_.holds(state)) return last_file_;
  last_step_ = -1;
  staging_.take(state);
  last_step_ = step;
  last_file_ = text("a.", place_.attempt, "/ckpt/", checkpoint_name(step, ++n_at_step_[step]));
  return last_file_;
}

void Keeper::settle() {
  std::unique_lock lock(mutex_);
  wait_for_job(lock);
}

void Keeper::publish() {
  std::unique_lock lock(mutex_);
  wants_publish_ = true;
  wake_.notify_all();
  done_.wait(lock, [this] { return !wants_publish_; });
  if (publish_failure_) std::rethrow_exception(std::exchange(publish_failure_, nullptr));
}

std::vector<Problem> Keeper::take_warnings() {
  const std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

// ---- On the keeper's thread.

void Keeper::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait_for(lock, tick, [this] { return job_ || wants_publish_ || is_stopping_; });
    if (job_) {
      lock.unlock();
      do_job();
      lock.lock();
    } else if (wants_publish_) {
      lock.unlock();
      std::exception_ptr failure;
      try {
        publish_now();
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      publish_failure_ = failure;
      wants_publish_ = false;
      done_.notify_all();
    } else if (is_stopping_) {
      return;
    } else {
      lock.unlock();
      publish_if_due(/*has_commit=*/false);
      lock.lock();
    }
  }
}

void Keeper::do_job() {
  bool is_written = false;
  try {
    write(*job_);  // no one changes a job that is there
    is_written = true;
  } catch (...) {
    failure_.keep(std::current_exception());
  }
  {
    const std::lock_guard lock(mutex_);
    job_.reset();
  }
  done_.notify_all();
  if (!is_written) return;
  try {
    remove_dropped();
    drop_replaced();
  } catch (const std::exception& error) {
    warn("a replaced checkpoint stays", error);
  }
  publish_if_due(/*has_commit=*/true);
}

void Keeper::write(const Job& job) {
  lease_.check();
  CheckpointRow row = job.row;
  const std::vector<CheckpointRow>& rows = record().checkpoints;
  const auto known = std::find_if(rows.begin(), rows.end(),
                                  [&](const CheckpointRow& other) { return other.file == row.file; });
  if (known != rows.end()) {
    row.bytes = known->bytes;
    row.digest = known->digest;
  } else {
    journal_.sync();  // the rows that belong to the state come first
    const WrittenFile written =
        write_checkpoint(path(row.file), record().begin.id, job.info, staging_.state());
    row.bytes = written.bytes;
    row.digest = written.digest;
    lease_.check();
  }
  journal_.blob(JournalKind::commit, commit_of(row));
  journal_.sync();
  committed_step_ = row.step;
  absorb();
}

void Keeper::drop_replaced() {
  const std::vector<std::string> files = droppable(record().checkpoints, place_.retention);
  if (files.empty()) return;
  for (const std::string& file : files) journal_.blob(JournalKind::drop, drop_of(file));
  journal_.sync();
  absorb();
  dropped_.insert(dropped_.end(), files.begin(), files.end());
}

/// When run.h5 does not name them any more, at the latest after the next checkpoint.
void Keeper::remove_dropped() {
  for (const std::string& file : dropped_) remove_file(path(file));
  dropped_.clear();
}

void Keeper::publish_if_due(bool has_commit) {
  try {
    lease_.check_overdue();
    absorb();
    if (!has_news_ || !pace_.is_due(clock_.monotonic_s(), has_commit)) return;
    publish_now();
  } catch (const Error& error) {
    if (error.kind() == Kind::fenced) {
      failure_.keep(std::current_exception());
    } else {
      warn("run.h5 is not up to date, the journal is", error);
    }
  } catch (const std::exception& error) {
    warn("run.h5 is not up to date, the journal is", error);
  }
}

/// Once, until it works again.
void Keeper::warn(const std::string& what, const std::exception& error) {
  const double now_s = clock_.monotonic_s();
  pace_.published(now_s, now_s);
  if (std::exchange(has_warned_, true)) return;
  const auto* known = dynamic_cast<const Error*>(&error);
  Problem problem{Where::path(place_.folder), {}, text(what, ": ", error.what()), {}, {}, true};
  if (known && !known->problems().empty()) {
    problem.where = known->problems().front().where;
    problem.message = text(what, ": ", known->problems().front().message);
    problem.hint = known->problems().front().hint;
  }
  const std::lock_guard lock(mutex_);
  warnings_.push_back(std::move(problem));
}

// ---- On whichever thread owns the record.

void Keeper::absorb() {
  const std::string bytes = journal_.take();
  if (bytes.empty()) return;
  replay_.apply(place_.attempt, bytes);
  has_news_ = true;
  add_log_lines();
}

/// For people, who may also do without it.
void Keeper::add_log_lines() {
  const std::vector<EventRow>& events = record().events;
  std::string lines;
  for (; n_logged_ < events.size(); ++n_logged_) {
    const EventRow& row = events[n_logged_];
    lines +=
        text(iso_time(row.wall_ns), " step ", row.step, ' ', row.kind, ' ', printable(row.message), '\n');
  }
  if (lines.empty()) return;
  try {
    append(path(text("a.", place_.attempt, "/log.txt")), lines);
  } catch (const Error& error) {
    warn("log.txt lacks lines", error);
  }
}

void Keeper::publish_now() {
  publish_run_file();
  publish_summary();
}

std::string Keeper::publish_run_file() {
  lease_.check();
  const double begun_s = clock_.monotonic_s();
  absorb();
  std::string bytes = run_file(record());
  assay::publish(path(place_.run_file), bytes);
  has_news_ = false;
  has_warned_ = false;
  pace_.published(begun_s, clock_.monotonic_s());
  remove_dropped();
  return bytes;
}

void Keeper::publish_summary() const {
  Json summary = to_json(summary_of(record()));
  summary.set("config", record().begin.resolved);
  assay::publish(path("summary.json"), to_text(summary, 2) + '\n');
}

}  // namespace assay::store
