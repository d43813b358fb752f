// Writes the record of one run: the Recorder that the engine is given.
//
//   const RunPlace place = find_place(runs_dir, name, id, is_new);
//   if (place.status.state == RunState::finished) ...              // already done
//   auto record = RecordWriter::begin(std::move(begin));
//   const auto point = record->resume_point();                     // where an earlier attempt got to
//   engine.train({experiment, prepared, parts, *record, listener, ..., point ? &*point : nullptr});
//
// A row or event is in the journal when the call returns; a checkpoint is copied and written by a thread, and
// run.h5 follows. docs/design/record.md says what survives what. The calls of Recorder come from one thread;
// what went wrong on another is thrown by the next of them. begin() starts threads: fork before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/json.h"
#include "registry/contracts/engine.h"
#include "registry/contracts/recorder.h"
#include "runner/store/begin_run.h"
#include "runner/store/run_folder.h"

namespace assay::store {

class RecordWriter final : public Recorder {
 public:
  /// Claims the next attempt at the run, takes up what those before it left, and publishes run.h5 and
  /// summary.json with status `running`. If the last attempt is of a machine that cannot be seen from here,
  /// its signs of life are watched first, which may take minutes. Throws Kind::store: a process works on it,
  /// it is finished (and not `is_new`), or nothing can be written there. `clock` outlives the writer.
  static std::unique_ptr<RecordWriter> begin(BeginRun begin, const Clock& clock = system_clock());
  /// Without finish(), the attempt is released as failed.
  ~RecordWriter() override;
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  const std::string& folder() const;
  const std::string& id() const;  // with its suffix
  int attempt() const;
  /// What was there before this attempt; `absent` if this is the first.
  const RunStatus& previous() const;
  /// Where the run goes on; nothing: at its first step. To be taken once: it is large.
  std::optional<ResumePoint> resume_point();
  /// What the user should know and the run does not end for: damage that was found and gone around, a run.h5
  /// that could not be refreshed. Those since the last call; from any thread.
  std::vector<Problem> take_warnings();
  /// How long the journal is, and how much of it survives a power cut, in bytes. From any thread.
  std::uint64_t journal_length() const;
  std::uint64_t durable_length() const;

  void log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) override;
  /// Throws Kind::store for more than 64 MiB: the journal has every one that was logged.
  void array(std::int64_t step, std::string_view name, const ArrayView& values) override;
  void event(const Event& event) override;
  std::string checkpoint(const CheckpointInfo& info, const State& state) override;
  void keep(std::string_view name, const State& state) override;
  void settle() override;
  void publish() override;
  void note(std::string_view key, Json value) override;
  void finish(const Outcome& outcome) override;

 private:
  struct Content;
  explicit RecordWriter(std::unique_ptr<Content> content);
  std::unique_ptr<Content> content_;
};

}  // namespace assay::store
