// The record of a run of seconds, as a trial of a sweep: the same files in the end as RecordWriter leaves, at
// a small part of its cost. What is recorded stays in memory and is written by the thread that trains: when
// the run ends, and every few seconds until then, so that a run which takes longer can be gone on with.
// From the first such writing on it has a lease. Nothing is synced: whoever runs many trials syncs for all of
// them (core/io/loose_files.h).
//
//   TrialRecord record(std::move(begin));        // of a run whose first attempt the caller has claimed
//   engine.train({experiment, prepared, parts, record, listener});
//
// Of a finished run there are claim.1, run.h5, released.1 with the further name result.json, and the
// checkpoints that are kept; of another one a journal and what it names, as an attempt that was killed leaves
// them, and released.1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "registry/contracts/recorder.h"
#include "runner/store/begin_run.h"
#include "runner/store/failure.h"
#include "runner/store/journal_format.h"
#include "runner/store/lease.h"
#include "runner/store/replay.h"
#include "runner/store/run_folder.h"

namespace assay::store {

class TrialRecord final : public Recorder {
 public:
  /// begin: with its folder, which exists, and attempt 1, which is claimed. `clock` outlives this.
  explicit TrialRecord(BeginRun begin, const Clock& clock = system_clock());
  /// Without finish(), the attempt is released as failed.
  ~TrialRecord() override;
  TrialRecord(const TrialRecord&) = delete;
  TrialRecord& operator=(const TrialRecord&) = delete;

  void log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) override;
  void array(std::int64_t step, std::string_view name, const ArrayView& values) override;
  void event(const Event& event) override;
  std::string checkpoint(const CheckpointInfo& info, const State& state) override;
  void settle() override {}
  void publish() override {}
  void keep(std::string_view name, const State& state) override;
  void note(std::string_view key, Json value) override;
  /// Throws Kind::fenced if another attempt was claimed meanwhile, or this one was ended as lost.
  void finish(const Outcome& outcome) override;

 private:
  void blob(JournalKind kind, const Json& value);
  std::uint16_t series(std::string_view name);
  std::string file_of(std::int64_t step, const std::string& digest);
  void drop_replaced();
  void absorb();
  void look_whether_due();
  void save();
  void check_fence();
  std::uint64_t length() const { return n_forgotten_ + bytes_.size(); }
  void finish_result();
  void release(const Outcome& outcome);
  std::string path(std::string_view name) const;

  const BeginRun begin_;
  const Clock& clock_;
  const double start_s_;
  double saved_s_;
  std::string bytes_;              // of the journal, behind what is on disk
  std::uint64_t n_forgotten_ = 0;  // bytes of the journal that are on disk
  std::size_t n_absorbed_ = 0;     // of bytes_
  Failure failure_;                // of the lease's thread, which ends before it
  std::optional<Lease> lease_;     // since the journal is on disk
  Replay replay_;
  std::map<std::string, std::uint16_t, std::less<>> series_;
  std::map<std::string, std::string> images_;  // checkpoints that are not on disk yet
  std::size_t image_bytes_ = 0;
  std::vector<std::string> dropped_;  // files that may be on disk
  std::string last_file_, last_digest_, best_file_;
  std::int64_t last_step_ = -1;
  int n_at_step_ = 0;
  bool is_ended_ = false;
};

}  // namespace assay::store
