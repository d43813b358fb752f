// Journals, read: records from bytes, of which none is believed before its checksum was seen.
//
//   JournalScan scan(bytes);
//   while (const auto item = scan.next()) {
//     if (item->kind == JournalKind::row) ... item->head(), item->point(i)
//     else                                ... parse_json(item->payload, name)
//   }
//   scan.damage()     // places in the middle that hold no record; the scan went on behind them
//
// A row counts only as a whole. What stands at the end and is no record was being written when its writer
// was killed, and is no damage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/store/journal_format.h"

namespace assay::store {

struct JournalItem {
  JournalKind kind = JournalKind::row;
  std::uint64_t at = 0;      // where its first record begins
  std::int64_t wall_ns = 0;  // not of a part
  std::string_view payload;  // a row's points, or a text

  /// Of rows.
  RowHead row;
  std::size_t n_points() const { return payload.size() / journal_record_bytes; }
  JournalPoint point(std::size_t i) const;

  /// Of parts.
  std::int64_t part = 0;
  std::uint64_t start = 0;
};

class JournalScan {
 public:
  struct Damage {
    std::uint64_t at = 0;
    std::uint64_t bytes = 0;
  };

  /// The bytes stay where they are while items are used.
  explicit JournalScan(std::string_view bytes) : bytes_(bytes) {}

  /// Nothing at the end.
  std::optional<JournalItem> next();
  const std::vector<Damage>& damage() const { return damage_; }
  /// Bytes at the end that are no record; known when next() has returned nothing.
  std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  std::optional<JournalItem> item_at(std::size_t at);
  bool holds_row(std::size_t at, const JournalRecord& record);
  bool holds_text(std::size_t at, const JournalRecord& record);

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::vector<Damage> damage_;
  std::uint64_t torn_bytes_ = 0;
  std::uint64_t wasted_ = 0;  // bytes checked for records that were none
};

/// What attempt K wrote, all parts joined: what next() of a JournalScan over `bytes` gives.
struct AttemptJournal {
  int attempt = 0;
  std::string bytes;                  // without the parts' first records
  std::vector<std::string> problems;  // of the parts, for people
};

/// Nothing if there is no journal, or none that says how the attempt began. Throws Kind::data if a part
/// cannot be read.
std::optional<AttemptJournal> find_journal(const std::string& run_folder, int attempt);

/// Those of all attempts up to and with `last`.
std::vector<AttemptJournal> find_journals(const std::string& run_folder, int last);

/// What is wrong with the journals of these attempts, for people: those that were found, and those that have
/// parts but cannot be used, as they do not say how the attempt began.
std::vector<std::string> problems_of(const std::vector<AttemptJournal>& found, const std::string& run_folder,
                                     int last);

}  // namespace assay::store
