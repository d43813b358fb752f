#include "runner/store/lease.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay::store {
namespace {

std::string heartbeat_path(const std::string& folder, int attempt) {
  return join_path(folder, text("a.", attempt, "/hb"));
}

[[noreturn]] void fail_fenced(const std::string& folder, std::string message) {
  throw Error(Kind::fenced, Problem{Where::path(folder), {}, std::move(message), {}});
}

bool has_ended(const std::string& folder, int attempt) {
  return exists(join_path(folder, text("released.", attempt))) || exists(join_path(folder, "result.json")) ||
         exists(join_path(folder, text("claim.", attempt + 1)));
}

}  // namespace

Lease::Lease(std::string folder, int attempt, LeaseTimes times, OnLost on_lost)
    : folder_(std::move(folder)),
      attempt_(attempt),
      times_(times),
      on_lost_(std::move(on_lost)),
      last_beat_ms_(now_ms()) {
  beat();
  thread_ = std::thread([this] { work(); });
}

Lease::~Lease() { stop(); }

void Lease::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Lease::stop_and_remove() {
  stop();
  remove_file(heartbeat_path(folder_, attempt_));
}

std::int64_t Lease::now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void Lease::work() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, times_.beat, [this] { return is_stopping_; })) {
    lock.unlock();
    try {
      try {
        beat();
      } catch (const Error&) {  // check() says when it has been too long
      }
      check();
    } catch (...) {
      on_lost_(std::current_exception());
      return;
    }
    lock.lock();
  }
}

// Written in place: a reader who sees half of two numbers sees a change, which is what it looks for.
void Lease::beat() {
  overwrite(heartbeat_path(folder_, attempt_), text(++count_, '\n'));
  last_beat_ms_ = now_ms();
}

void Lease::check() const {
  check_overdue();
  check_not_overtaken(folder_, attempt_);
}

void check_not_overtaken(const std::string& folder, int attempt) {
  if (exists(join_path(folder, "result.json")))
    fail_fenced(folder, "another attempt finished this run first");
  const auto next = find_claim(folder, attempt + 1);
  if (!next) return;
  fail_fenced(folder, text("another process went on with this run (attempt ", next->attempt, ", process ",
                           next->pid, " on ", next->host, ")"));
}

void fail_ended(const std::string& folder) {
  fail_fenced(folder, "another process took this attempt for lost: what it did does not count");
}

void Lease::check_overdue() const {
  const std::int64_t silent_ms = now_ms() - last_beat_ms_;
  if (silent_ms <= times_.fence_after.count()) return;
  fail_fenced(folder_, text("no sign of life could be written for ", silent_ms / 1000,
                            " s: another process may go on with this run"));
}

Sign watch(const std::string& folder, int attempt, const LeaseTimes& times,
           const std::function<void(double)>& waiting) {
  using Time = std::chrono::steady_clock;
  const std::string path = heartbeat_path(folder, attempt);
  const std::optional<std::string> first = find_file(path);
  const Time::time_point end = Time::now() + times.silent_after;
  const auto pause = std::min<std::chrono::milliseconds>(std::chrono::seconds(1), times.silent_after / 10);
  for (;;) {
    if (has_ended(folder, attempt)) return Sign::ended;
    if (find_file(path) != first) return Sign::alive;
    const std::chrono::duration<double> left = end - Time::now();
    if (left.count() <= 0) return Sign::silent;
    if (waiting) waiting(left.count());
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace assay::store
