// From journals to a record. The same steps serve the run itself, which replays what it has just written, and
// whoever reads it later: so run.h5 is a function of the journals and of nothing else.
//
// Which rows count: those of the last attempt; those of the attempt that it went on from, up to where the
// state that it went on with was taken; and so on back. All others are superseded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runner/store/journal_reader.h"
#include "runner/store/journal_text.h"
#include "runner/store/record.h"

namespace assay::store {

/// Of each attempt that counts, how much of its journal does. An attempt that is not in it is superseded.
using Chain = std::map<int, std::uint64_t>;

/// The chain of the last of `journals`.
Chain chain_of(const std::vector<AttemptJournal>& journals);
/// The chain of attempt `last`, which goes on from `origin` and has no journal yet.
Chain chain_of(const std::vector<AttemptJournal>& journals, int last, const Origin& origin);

class Replay {
 public:
  explicit Replay(Chain chain) : chain_(std::move(chain)) {}

  /// Takes the records of an attempt in order; attempts in order.
  void apply(int attempt, std::string_view bytes);
  /// The same for the first record of an attempt, of so many bytes, by whoever has just made it: it need not
  /// be read back.
  void apply_begin(int attempt, AttemptBegin begin, std::int64_t wall_ns, std::size_t bytes);
  const Record& record() const { return record_; }
  Record& record() { return record_; }

 private:
  struct Place;
  void apply(const JournalItem& item);
  void apply_row(const JournalItem& item);
  void apply_text(const JournalItem& item, const Json& json);
  void start(int attempt);
  void begin(AttemptBegin begin, std::int64_t wall_ns);
  void keep(LoggedArray array, bool counts);
  void roll_back(std::int64_t to_step);
  void commit(CheckpointRow row);
  void end(const Json& json);
  Series* series(std::size_t number, bool counts);
  void advance(std::int64_t step, std::int64_t epoch);
  bool counts(std::uint64_t at) const;

  Chain chain_;
  Record record_;
  int attempt_ = 0;
  std::uint64_t taken_ = 0;         // bytes of the attempt's journal so far
  std::vector<std::string> names_;  // of the attempt's series
  std::vector<Series*> counting_;   // where their rows go, once known
  std::vector<Series*> superseded_;
};

/// Gives the attempts to `replay`, in order, each as far as those behind it have seen it.
void apply_all(const std::vector<AttemptJournal>& journals, Replay& replay);

/// All attempts at once, as `attempt` the last of them; with what is wrong with the journals.
Record replay(const std::vector<AttemptJournal>& journals);

}  // namespace assay::store
