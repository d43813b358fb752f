// Writes the record of one run: the Recorder that the engine is given.
//
//   const RunPlace place = find_place(runs_dir, name, id, is_new);
//   if (place.status.state == RunState::finished) ...              // already done
//   auto record = RecordWriter::begin(std::move(begin));
//   if (record->previous().attempt > 0) ...                        // started anew: say so
//   engine.train({experiment, prepared, parts, *record, listener});
//
// Rows and events are kept in memory; run.h5 is built from them in memory and published whole, by publish(),
// at checkpoints and while rows arrive (at most every few seconds and for at most 2 % of the time), and by
// finish(). Checkpoints are files of their own, on disk before checkpoint() returns. docs/design/store.md
// says what survives what. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/json.h"
#include "registry/contracts/recorder.h"
#include "runner/store/run_folder.h"

namespace assay::store {

struct SourceText {
  std::string file;  // as the user wrote it
  std::string text;
};

struct DataFile {
  std::string role;  // what it is to the data set: "train_images"
  std::string path;
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// What a run is, before it starts.
struct BeginRun {
  std::string runs_dir;
  std::string name;
  std::string id;       // run_id(); begin() adds ".2" and so on
  bool is_new = false;  // a further run, though there is one of this identity
  Json resolved;        // the resolved config, a map
  Json provenance;      // where each of its values came from: {"optimizer.lr": "digits.yaml:7:20", ...}
  std::vector<SourceText> sources;  // config and what it extends, in the order read
  Json environment;                 // facts about machine and libraries: {"cpu": "...", "threads": 1}
  std::vector<DataFile> data;
  std::vector<std::string> command;  // argv
  std::int64_t seed = 0;
  std::vector<std::string> tags;
};

class RecordWriter final : public Recorder {
 public:
  /// Claims the next attempt at the run, makes its folder and publishes a first run.h5 and summary.json with
  /// status `running`. Throws Kind::store: a process works on it, it is finished (and not `is_new`), or
  /// nothing can be written there. `clock` outlives the writer.
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

  void log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) override;
  void event(const Event& event) override;
  std::string checkpoint(const CheckpointInfo& info, const State& state) override;
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
