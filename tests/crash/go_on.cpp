#include "tests/crash/go_on.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <unistd.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/run_folder.h"

namespace assay::crash {
namespace {

bool is_finished(const GoOn& options, AckPage& page) {
  const Auditing auditing(page);
  return store::status_of(run_folder(options.workload, options.runs_dir)).state == store::RunState::finished;
}

class Attempt {
 public:
  Attempt(const GoOn& options, AckPage& page, Report& report)
      : options_(options), workload_(options.workload), page_(page), report_(report) {}

  void begin() {
    const std::string folder = run_folder(workload_, options_.runs_dir);
    if (is_folder(folder)) {
      const Auditing auditing(page_);
      audit_as_found(workload_, folder, report_);
    }
    store::BeginRun begin = begin_of(workload_, options_.runs_dir);
    begin.times = options_.times;
    record_ = store::RecordWriter::begin(std::move(begin));
    audit_end(page_, record_->previous(), report_);
    go_on_from_checkpoint();
    AttemptAcks& acks = this->acks();
    ack(acks.resumed_step, step_);
    ack(page_.attempt, record_->attempt());
    ack(acks.begun, 1);
    const Auditing auditing(page_);
    audit_resume(page_, step_, report_);
    audit_rows(workload_, folder, page_, options_.after, step_, report_);
  }

  void train() {
    const std::int64_t end =
        options_.stop_after < 0 ? workload_.steps : std::min(workload_.steps, step_ + options_.stop_after);
    while (step_ < end) step();
    checkpoint({step_, epoch_of(step_), false, 0, true});
    settle();
    if (step_ == workload_.steps) log({Split::test, step_});
  }

  void finish() {
    Outcome outcome;
    outcome.status = step_ == workload_.steps ? Outcome::Status::finished : Outcome::Status::stopped;
    outcome.message = step_ == workload_.steps ? "" : "stopped";
    outcome.step = step_;
    outcome.epoch = epoch_of(step_);
    record_->finish(outcome);
    ack(acks().durable_rows, rows_);
    ack(outcome.status == Outcome::Status::finished ? acks().finished : acks().stopped, 1);
  }

  /// As the engine: the first error counts, and the record is told of it if it can be told.
  void fail(const Error& error) {
    if (!record_) return;
    Outcome outcome;
    outcome.status = Outcome::Status::failed;
    outcome.message = error.what();
    outcome.step = step_;
    try {
      record_->finish(outcome);
    } catch (const Error&) {
    }
  }

 private:
  AttemptAcks& acks() { return page_.attempts[static_cast<std::size_t>(record_->attempt())]; }

  void go_on_from_checkpoint() {
    const auto point = record_->resume_point();
    if (!point) return;
    step_ = StateReader(point->state).scope("position").integer("step");
    audit_state(workload_, step_, point->state, report_);
    const std::int64_t best = best_step(workload_, step_);
    if (best > 0) audit_state(workload_, best, point->best, report_);
  }

  void step() {
    ++step_;
    log({Split::train, step_});
    if (step_ % workload_.evaluate_every == 0) evaluate();
    if (step_ % workload_.checkpoint_every == 0) {
      checkpoint({step_, epoch_of(step_)});
      // Every second one is left to the storage thread.
      if (step_ / workload_.checkpoint_every % 2 == 0) settle();
    }
    if (options_.publishes_always) record_->publish();
    if (options_.pace_us > 0) ::usleep(static_cast<useconds_t>(options_.pace_us));
  }

  void log(const RowPlace& row) {
    record_->log(row.step, epoch_of(row.step), scalars_of(workload_, row, record_->attempt()));
    ack(acks().rows, ++rows_);
    ends_.push_back(record_->journal_length());
    note_durable();
  }

  /// Rows whose bytes are all below the watermark.
  void note_durable() {
    const std::uint64_t durable = record_->durable_length();
    while (durable_rows_ < rows_ && ends_[static_cast<std::size_t>(durable_rows_)] <= durable)
      ++durable_rows_;
    ack(acks().durable_rows, durable_rows_);
  }

  /// The array first: a row that was acknowledged says that the array was logged.
  void evaluate() {
    record_->array(step_, array_name, logged_array(workload_, step_));
    log({Split::valid, step_});
    const std::vector<Scalar> scores = scalars_of(workload_, {Split::valid, step_}, record_->attempt());
    record_->event(Evaluated{step_, epoch_of(step_), "valid", scores});
    if (best_step(workload_, step_) == step_)
      checkpoint({step_, epoch_of(step_), true, scores.front().value});
  }

  void checkpoint(const CheckpointInfo& info) {
    std::string file = record_->checkpoint(info, state_of(workload_, info.step));
    record_->event(CheckpointSaved{info.step, std::move(file), info.is_best});
    taken_step_ = info.step;
  }

  void settle() {
    record_->settle();
    ack(acks().settled_step, taken_step_);
    note_durable();
  }

  const GoOn& options_;
  const Workload& workload_;
  AckPage& page_;
  Report& report_;
  std::unique_ptr<store::RecordWriter> record_;
  std::int64_t step_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t durable_rows_ = 0;
  std::vector<std::uint64_t> ends_;  // the journal's length behind each row
  std::int64_t taken_step_ = 0;
};

void check_finished(const GoOn& options, AckPage& page, Report& report) {
  const Auditing auditing(page);
  const std::string folder = run_folder(options.workload, options.runs_dir);
  audit_as_found(options.workload, folder, report);
  audit_finished(options.workload, folder, page, options.after, report);
}

}  // namespace

void go_on(const GoOn& options, AckPage& page, Report& report) {
  ack(page.is_audited, 0);  // an attempt may have been killed while it was
  if (is_finished(options, page)) return check_finished(options, page, report);
  Attempt attempt(options, page, report);
  try {
    attempt.begin();
    attempt.train();
    attempt.finish();
  } catch (const Error& error) {
    attempt.fail(error);
    throw;
  }
  if (is_finished(options, page)) check_finished(options, page, report);
}

void recover(const GoOn& options, AckPage& page, Report& report, const std::function<void()>& then) {
  if (is_finished(options, page)) return check_finished(options, page, report);
  Attempt attempt(options, page, report);
  attempt.begin();
  if (then) then();
}

}  // namespace assay::crash
