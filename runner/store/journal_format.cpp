#include "runner/store/journal_format.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/io/crc32c.h"
#include "core/text.h"

namespace assay::store {
namespace {

static_assert(std::endian::native == std::endian::little, "journals are little-endian");

std::string_view behind_crc(const JournalRecord& record) {
  return {reinterpret_cast<const char*>(&record) + sizeof record.crc, sizeof record - sizeof record.crc};
}

void add(std::string& out, JournalRecord record) {
  record.crc = crc32c(behind_crc(record));
  out.append(reinterpret_cast<const char*>(&record), sizeof record);
}

JournalRecord record_of(JournalKind kind) {
  JournalRecord record;
  record.kind = static_cast<std::uint8_t>(kind);
  return record;
}

void add_one_row(std::string& out, const RowHead& head, std::span<const JournalPoint> points) {
  JournalRecord row = record_of(JournalKind::row);
  row.small = static_cast<std::uint16_t>(points.size());
  row.first = head.step;
  row.second = head.wall_ns;
  row.third = static_cast<std::uint64_t>(head.epoch);
  add(out, row);
  for (const JournalPoint& each : points) {
    JournalRecord point = record_of(JournalKind::point);
    point.small = each.series;
    point.first = head.step;
    point.second = head.wall_ns;
    point.third = std::bit_cast<std::uint64_t>(each.value);
    add(out, point);
  }
}

}  // namespace

bool is_text(JournalKind kind) {
  constexpr std::uint8_t behind_texts = 32;
  return kind >= JournalKind::begin && static_cast<std::uint8_t>(kind) < behind_texts;
}

void add_part(std::string& out, std::int64_t number, std::uint64_t start) {
  JournalRecord part = record_of(JournalKind::part);
  part.small = journal_format_version;
  part.first = journal_magic;
  part.second = number;
  part.third = start;
  add(out, part);
}

void add_row(std::string& out, const RowHead& head, std::span<const JournalPoint> points) {
  while (!points.empty()) {
    const std::size_t n = std::min(points.size(), largest_row);
    add_one_row(out, head, points.first(n));
    points = points.subspan(n);
  }
}

void add_blob(std::string& out, JournalKind kind, std::int64_t wall_ns, std::string_view payload) {
  JournalRecord record = record_of(kind);
  record.first = static_cast<std::int64_t>(payload.size());
  record.second = wall_ns;
  const std::string zeros(padded(payload.size()) - payload.size(), '\0');
  record.crc = crc32c(zeros, crc32c(payload, crc32c(behind_crc(record))));
  out.append(reinterpret_cast<const char*>(&record), sizeof record);
  out.append(payload).append(zeros);
}

std::size_t padded(std::size_t length) {
  return (length + journal_record_bytes - 1) / journal_record_bytes * journal_record_bytes;
}

std::string journal_name(std::int64_t part) {
  constexpr std::size_t n_digits = 6;
  const std::string digits = text(part);
  return text("journal.", std::string(n_digits - std::min(n_digits, digits.size()), '0'), digits);
}

}  // namespace assay::store
