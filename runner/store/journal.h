// The journal of one attempt, written: the truth about what it did (docs/formats/journal.md). What a call
// returned from survives the process; what lies below durable() survives a power cut.
//
//   Journal journal(folder + "/a.1", begin, clock, {}, failure);
//   journal.row(step, epoch, scalars);
//   journal.sync();
//
// A thread syncs every quarter of a second while there is something new. When a sync fails, the kernel may
// have dropped what was to be synced, and says so only once: everything since the last success is then
// written again, from memory, to a new part. Any thread may call anything.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/io/append_file.h"
#include "core/json.h"
#include "registry/contracts/events.h"
#include "runner/store/failure.h"
#include "runner/store/journal_format.h"

namespace assay::store {

class Journal {
 public:
  /// Publishes the first part, with `begin` as its first text, in `folder`, which exists and holds no
  /// journal. What goes wrong in the thread is kept in `failure`. Throws Kind::store.
  Journal(std::string folder, const Json& begin, const Clock& clock, std::chrono::milliseconds sync_every,
          Failure& failure);
  /// Syncs what is left, if it can.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Appends one row, by one write(2). Throws Kind::store, and the journal is what it was.
  void row(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row);
  void blob(JournalKind kind, const Json& value);

  /// Returns when all that was appended before survives a power cut. Throws Kind::store.
  void sync();

  /// How long the journal is, and how much of it is durable: bytes over all parts, without the parts' first
  /// records.
  std::uint64_t length() const;
  std::uint64_t durable() const;

  /// The records appended since the last call (since the beginning, at the first one), whole ones.
  std::string take();

 private:
  void append(std::string_view bytes);
  void start_part(std::uint64_t start, std::string_view bytes);
  void rewrite_unsynced();
  void work();
  std::uint16_t series(std::string_view name, std::int64_t wall_ns);

  const std::string folder_;
  const Clock& clock_;
  const std::chrono::milliseconds sync_every_;
  Failure& failure_;

  std::mutex sync_mutex_;      // held while syncing; taken before mutex_
  bool is_part_lost_ = false;  // a sync of file_ failed; under sync_mutex_
  std::string in_sync_;        // what the sync under way, or the failed one, is about

  mutable std::mutex mutex_;  // guards all below, never held during a sync
  std::int64_t part_ = 0;
  std::unique_ptr<AppendFile> file_;
  bool is_cut_ = false;  // a part behind file_ may be there, that could not be made sure of
  std::uint64_t length_ = 0;
  std::uint64_t durable_ = 0;
  std::string unsynced_;  // behind in_sync_
  std::string untaken_;
  std::map<std::string, std::uint16_t, std::less<>> series_;
  std::string scratch_;  // a row's bytes, and its points: their memory is used again
  std::vector<JournalPoint> points_;

  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace assay::store
