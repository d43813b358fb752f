#include "runner/store/journal.h"

#include <exception>
#include <memory>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"

namespace assay::store {

Journal::Journal(std::string folder, const Json& begin, const Clock& clock,
                 std::chrono::milliseconds sync_every, Failure& failure)
    : folder_(std::move(folder)), clock_(clock), sync_every_(sync_every), failure_(failure) {
  add_blob(untaken_, JournalKind::begin, clock_.wall_ns(), to_text(begin));
  start_part(0, untaken_);
  length_ = durable_ = untaken_.size();
  thread_ = std::thread([this] { work(); });
}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Journal::row(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) {
  const std::int64_t now_ns = clock_.wall_ns();
  const std::lock_guard lock(mutex_);
  scratch_.clear();
  points_.clear();
  const std::size_t n_known = series_.size();
  try {
    for (const Scalar& scalar : row) points_.push_back({series(scalar.name, now_ns), scalar.value});
    add_row(scratch_, {step, epoch, now_ns}, points_);
    append(scratch_);
  } catch (...) {
    // What the file does not hold is announced again next time.
    std::erase_if(series_, [&](const auto& entry) { return entry.second >= n_known; });
    throw;
  }
}

/// The number of a series; a new one is announced in scratch_.
std::uint16_t Journal::series(std::string_view name, std::int64_t wall_ns) {
  const auto known = series_.find(name);
  if (known != series_.end()) return known->second;
  if (series_.size() == largest_series_count) {
    throw Error(Kind::store, Problem{Where::path(folder_),
                                     {},
                                     text("a record holds at most ", largest_series_count,
                                          " series; one more is '", printable(name), "'"),
                                     "give metrics names that do not change from row to row"});
  }
  const auto number = static_cast<std::uint16_t>(series_.size());
  add_blob(scratch_, JournalKind::series, wall_ns,
           to_text(Json(Json::Map{{"index", std::int64_t{number}}, {"name", name}})));
  series_.emplace(name, number);
  return number;
}

void Journal::blob(JournalKind kind, const Json& value) {
  std::string bytes;
  add_blob(bytes, kind, clock_.wall_ns(), to_text(value));
  const std::lock_guard lock(mutex_);
  append(bytes);
}

void Journal::append(std::string_view bytes) {
  if (is_cut_) {
    throw Error(Kind::store,
                Problem{Where::path(file_->path()),
                        {},
                        "can hold no more: it could not be synced, and no new part could be begun",
                        "look after the disk; what was logged before is in the journal"});
  }
  file_->append(bytes);
  unsynced_ += bytes;
  untaken_ += bytes;
  length_ += bytes.size();
}

// Aside and renamed: at every instant either the parts before hold all, or this one holds the rest.
void Journal::start_part(std::uint64_t start, std::string_view bytes) {
  std::string head;
  add_part(head, part_ + 1, start);
  const std::string path = join_path(folder_, journal_name(part_ + 1));
  publish(path, head.append(bytes));
  file_ = std::make_unique<AppendFile>(AppendFile::open(path));
  ++part_;
}

void Journal::sync() {
  const std::lock_guard syncing(sync_mutex_);
  std::uint64_t until = 0;
  AppendFile* file = nullptr;
  {
    const std::lock_guard lock(mutex_);
    until = length_;
    if (durable_ == until) return;
    in_sync_ += unsynced_;
    unsynced_.clear();
    file = file_.get();
  }
  if (!is_part_lost_) {
    try {
      file->sync();
    } catch (const Error&) {
      is_part_lost_ = true;
    }
  }
  if (is_part_lost_) return rewrite_unsynced();
  in_sync_.clear();
  const std::lock_guard lock(mutex_);
  durable_ = until;
}

void Journal::rewrite_unsynced() {
  const std::lock_guard lock(mutex_);
  in_sync_ += unsynced_;
  unsynced_.clear();
  is_cut_ = true;  // until it is certain which part is the last, nothing may follow in either
  start_part(durable_, in_sync_);
  is_cut_ = false;
  in_sync_.clear();
  is_part_lost_ = false;
  durable_ = length_;
}

void Journal::work() {
  std::unique_lock lock(mutex_);
  bool is_last = false;
  while (!is_last) {
    is_last = wake_.wait_for(lock, sync_every_, [this] { return is_stopping_; });
    lock.unlock();
    try {
      sync();
    } catch (...) {
      failure_.keep(std::current_exception());
    }
    lock.lock();
  }
}

std::uint64_t Journal::length() const {
  const std::lock_guard lock(mutex_);
  return length_;
}

std::uint64_t Journal::durable() const {
  const std::lock_guard lock(mutex_);
  return durable_;
}

std::string Journal::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(untaken_, {});
}

}  // namespace assay::store
