// The bytes of a journal: docs/formats/journal.md. Records of 32 bytes, little-endian; a text stands behind
// the record that announces it, filled up with zeros to a multiple of 32.
//
//   std::string bytes;
//   add_blob(bytes, JournalKind::series, now_ns, R"({"index":0,"name":"train/loss"})");
//   add_row(bytes, {step, epoch, now_ns}, points);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace assay::store {

constexpr std::size_t journal_record_bytes = 32;
constexpr std::size_t largest_row = 65535;  // points behind one row record
constexpr std::size_t largest_series_count = 65536;

/// Numbers below 32, so that no text can hold a record: JSON has no control characters.
enum class JournalKind : std::uint8_t {
  part = 1,    // the first record of each part
  row = 2,     // announces points
  point = 3,   // one value of a row
  begin = 8,   // texts, from here on: what the run is and where the attempt goes on from
  series = 9,  // the name that points give by number
  event = 10,
  note = 11,    // a fact about the machine
  commit = 12,  // a checkpoint is on disk
  drop = 13,    // a checkpoint's file may be gone from here on
  end = 14,     // how the attempt ended
  array = 15,   // an array that belongs to a step
};
/// Also those that a later version may write.
bool is_text(JournalKind kind);

/// The common shape of all records.
struct JournalRecord {
  std::uint32_t crc = 0;    // CRC-32C of what follows it, up to the end of the record or of its text
  std::uint8_t kind = 0;    // JournalKind
  std::uint8_t zero = 0;    //
  std::uint16_t small = 0;  // part: format version; row: number of points; point: series
  std::int64_t first = 0;   // part: magic; row and point: step; text: its length in bytes
  std::int64_t second = 0;  // part: number; else ns since 1970-01-01 UTC
  std::uint64_t third = 0;  // part: where it starts; row: epoch; point: the value's bits; text: 0
};
static_assert(sizeof(JournalRecord) == journal_record_bytes);

constexpr std::uint16_t journal_format_version = 1;
constexpr std::int64_t journal_magic = 0x6C6E'726A'2E79'7361;  // "asy.jrnl"

/// Where a row belongs.
struct RowHead {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::int64_t wall_ns = 0;
};

struct JournalPoint {
  std::uint16_t series = 0;
  double value = 0;
};

/// `start`: how many bytes of the attempt's journal, without the parts' first records, stand in parts before.
void add_part(std::string& out, std::int64_t number, std::uint64_t start);
/// One row, or several of the same step if there are more than 65535 points.
void add_row(std::string& out, const RowHead& head, std::span<const JournalPoint> points);
void add_blob(std::string& out, JournalKind kind, std::int64_t wall_ns, std::string_view payload);

/// A text's length in the file.
std::size_t padded(std::size_t length);

/// "journal.000001"
std::string journal_name(std::int64_t part);

}  // namespace assay::store
