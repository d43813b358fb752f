#include "runner/store/trial_record.h"

#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/io/loose_files.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/event_row.h"
#include "runner/store/journal_text.h"
#include "runner/store/record_file.h"
#include "runner/store/retention.h"

namespace assay::store {
namespace {

/// What a killed process may cost, and how often others see that it lives.
constexpr double save_every_s = 5;
/// Checkpoints beyond this do not wait in memory.
constexpr std::size_t most_image_bytes = 32U << 20U;

Chain chain_of_first(int attempt) { return chain_of({}, attempt, Origin{}); }

}  // namespace

TrialRecord::TrialRecord(BeginRun begin, const Clock& clock)
    : begin_(std::move(begin)),
      clock_(clock),
      start_s_(clock.monotonic_s()),
      saved_s_(start_s_),
      replay_(chain_of_first(begin_.attempt)) {
  ASSAY_ASSERT(begin_.attempt == 1 && !begin_.folder.empty());
  AttemptBegin first{begin_.attempt, begin_.id, ASSAY_VERSION, {}, begin_};
  const std::int64_t now_ns = clock_.wall_ns();
  add_blob(bytes_, JournalKind::begin, now_ns, to_text(to_json(first)));
  n_absorbed_ = bytes_.size();
  replay_.apply_begin(begin_.attempt, std::move(first), now_ns, n_absorbed_);
}

TrialRecord::~TrialRecord() {
  if (is_ended_) return;
  try {
    check_fence();
    release({Outcome::Status::failed, "it ended before it was finished", 0, 0, 0, {}});
  } catch (...) {  // whoever looks next finds it lost once this process is gone
  }
}

std::string TrialRecord::path(std::string_view name) const { return join_path(begin_.folder, name); }

void TrialRecord::log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) {
  std::vector<JournalPoint> points;
  for (const Scalar& scalar : row) points.push_back({series(scalar.name), scalar.value});
  add_row(bytes_, {step, epoch, clock_.wall_ns()}, points);
  look_whether_due();
}

std::uint16_t TrialRecord::series(std::string_view name) {
  if (const auto known = series_.find(name); known != series_.end()) return known->second;
  if (series_.size() == largest_series_count) {
    throw Error(Kind::store, Problem{Where::path(begin_.folder),
                                     {},
                                     text("a record holds at most ", largest_series_count, " series"),
                                     "give metrics names that do not change from row to row"});
  }
  const auto number = static_cast<std::uint16_t>(series_.size());
  blob(JournalKind::series, Json(Json::Map{{"index", std::int64_t{number}}, {"name", name}}));
  series_.emplace(name, number);
  return number;
}

void TrialRecord::blob(JournalKind kind, const Json& value) {
  add_blob(bytes_, kind, clock_.wall_ns(), to_text(value));
}

void TrialRecord::array(std::int64_t step, std::string_view name, const ArrayView& values) {
  refuse_large_array(begin_.folder, name, values);
  blob(JournalKind::array, array_of(step, name, values));
}

void TrialRecord::event(const Event& event) {
  const EventRow row = event_row(event);
  if (!row.kind.empty()) blob(JournalKind::event, to_json(row));
}

void TrialRecord::note(std::string_view key, Json value) {
  blob(JournalKind::note, note_of(key, std::move(value)));
}

std::string TrialRecord::checkpoint(const CheckpointInfo& info, const State& state) {
  CheckpointImage image = checkpoint_image(begin_.id, info, state);
  CheckpointRow row;
  row.at = length();
  row.seconds = clock_.monotonic_s() - start_s_;
  row.step = info.step;
  row.epoch = info.epoch;
  row.is_best = info.is_best;
  row.is_final = info.is_final;
  if (info.is_best) row.metric = info.metric;
  row.file = file_of(info.step, image.digest);
  if (info.is_best) best_file_ = row.file;
  row.best_file = best_file_;
  row.bytes = image.bytes.size();
  row.digest = image.digest;
  if (const auto [known, is_new] = images_.try_emplace(row.file, std::move(image.bytes)); is_new)
    image_bytes_ += known->second.size();
  blob(JournalKind::commit, commit_of(row));
  drop_replaced();
  if (image_bytes_ > most_image_bytes) save();
  return row.file;
}

/// The same state again, as when the best is also the last, keeps its name.
std::string TrialRecord::file_of(std::int64_t step, const std::string& digest) {
  if (step == last_step_ && digest == last_digest_) return last_file_;
  n_at_step_ = step == last_step_ ? n_at_step_ + 1 : 1;
  last_step_ = step;
  last_digest_ = digest;
  last_file_ = text("a.", begin_.attempt, "/ckpt/", checkpoint_name(step, n_at_step_));
  return last_file_;
}

void TrialRecord::drop_replaced() {
  absorb();
  for (const std::string& file : droppable(replay_.record().checkpoints, begin_.retention)) {
    blob(JournalKind::drop, drop_of(file));
    if (const auto image = images_.find(file); image != images_.end()) {
      image_bytes_ -= image->second.size();
      images_.erase(image);
    } else {
      dropped_.push_back(file);
    }
  }
  absorb();
}

void TrialRecord::absorb() {
  replay_.apply(begin_.attempt, std::string_view(bytes_).substr(n_absorbed_));
  n_absorbed_ = bytes_.size();
}

void TrialRecord::look_whether_due() {
  if (clock_.monotonic_s() - saved_s_ >= save_every_s) save();
}

/// Checkpoints before the journal that names them; what was dropped behind the journal that says so.
void TrialRecord::save() {
  check_fence();
  const std::string own = path(text("a.", begin_.attempt));
  make_loose_folders(own + "/ckpt");
  for (const auto& [file, bytes] : images_) put_loose(path(file), bytes);
  images_.clear();
  image_bytes_ = 0;
  absorb();
  const std::string journal = join_path(own, journal_name(1));
  if (n_forgotten_ == 0) {
    std::string head;
    add_part(head, 1, 0);
    put_loose(journal, head + bytes_);
  } else {
    append(journal, bytes_);
  }
  n_forgotten_ += bytes_.size();
  bytes_.clear();
  n_absorbed_ = 0;
  if (!dropped_.empty()) check_fence();  // whoever has overtaken it may go on from one of them
  for (const std::string& file : std::exchange(dropped_, {})) remove_file(path(file));
  if (!lease_)
    lease_.emplace(begin_.folder, begin_.attempt, begin_.times.lease,
                   [this](std::exception_ptr why) { failure_.keep(std::move(why)); });
  saved_s_ = clock_.monotonic_s();
}

void TrialRecord::check_fence() {
  failure_.rethrow();
  if (lease_) return lease_->check();
  check_not_overtaken(begin_.folder, begin_.attempt);
}

void TrialRecord::keep(std::string_view name, const State& state) {
  make_loose_folders(path(text("a.", begin_.attempt)));
  put_loose(path(text("a.", begin_.attempt, '/', name, ".h5")), checkpoint_image(begin_.id, {}, state).bytes);
}

void TrialRecord::finish(const Outcome& outcome) {
  ASSAY_ASSERT(!is_ended_);
  blob(JournalKind::end, to_json(outcome));
  if (outcome.status == Outcome::Status::finished) return finish_result();
  save();
  lease_->stop_and_remove();
  release(outcome);
}

void TrialRecord::finish_result() {
  absorb();
  const Record& record = replay_.record();
  const std::string own = path(text("a.", begin_.attempt));
  make_loose_folders(images_.empty() ? own : own + "/ckpt");
  for (const auto& [image, bytes] : images_) put_loose(path(image), bytes);
  const std::string file = run_file(record);
  check_fence();
  put_loose(path(own_record(begin_.attempt)), file);
  const std::string result = to_text(result_of(record, file, clock_.wall_ns()), 2) + '\n';
  if (!commit_result(begin_.folder, begin_.attempt, result, AsideFile::Durable::later))
    fail_ended(begin_.folder);
  is_ended_ = true;
  if (!lease_) return;
  lease_->stop_and_remove();
  remove_file(join_path(own, journal_name(1)));
  for (const std::string& dropped : std::exchange(dropped_, {})) remove_file(path(dropped));
}

void TrialRecord::release(const Outcome& outcome) {
  is_ended_ = true;
  const Json json = release_json(begin_.attempt, state_after(outcome.status), outcome.message, outcome.step,
                                 clock_.wall_ns());
  if (!put_loose_once(path(text("released.", begin_.attempt)), to_text(json, 2) + '\n'))
    fail_ended(begin_.folder);
}

}  // namespace assay::store
