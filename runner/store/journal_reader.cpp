#include "runner/store/journal_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "core/io/crc32c.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay::store {
namespace {

JournalRecord record_at(std::string_view bytes, std::size_t at) {
  JournalRecord record;
  std::memcpy(&record, bytes.data() + at, sizeof record);
  return record;
}

std::uint32_t crc_of(std::string_view bytes, std::size_t at, std::size_t size) {
  constexpr std::size_t crc_bytes = sizeof(JournalRecord::crc);
  return crc32c(bytes.substr(at + crc_bytes, size - crc_bytes));
}

/// A part's bytes and where they belong.
struct Part {
  std::int64_t number = 0;
  std::uint64_t start = 0;
  std::string bytes;  // with its first record
};

std::vector<Part> read_parts(const std::string& folder, std::vector<std::string>& problems) {
  std::vector<Part> parts;
  for (const std::string& name : list_folder(folder)) {
    if (!name.starts_with("journal.")) continue;
    Part part;
    part.bytes = read_file(join_path(folder, name));
    const auto head = JournalScan(std::string_view(part.bytes).substr(0, journal_record_bytes)).next();
    if (!head || head->kind != JournalKind::part || journal_name(head->part) != name) {
      problems.push_back(text(join_path(folder, name), ": does not begin as part of a journal"));
      continue;
    }
    part.number = head->part;
    part.start = head->start;
    parts.push_back(std::move(part));
  }
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.number < b.number; });
  return parts;
}

/// Each part counts up to where the next one starts: what follows there may not be what was written.
std::string joined(const std::vector<Part>& parts, const std::string& folder,
                   std::vector<std::string>& problems) {
  std::string all;
  for (const Part& part : parts) {
    if (part.start > all.size()) {
      problems.push_back(text(folder, ": bytes ", all.size(), " to ", part.start, " of the journal, before ",
                              journal_name(part.number), ", are missing"));
      continue;
    }
    all.resize(part.start);
    all.append(part.bytes, journal_record_bytes);
  }
  return all;
}

bool has_parts(const std::string& folder) {
  const std::vector<std::string> names = list_folder(folder);
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.starts_with("journal."); });
}

bool begins(const std::string& bytes) {
  JournalScan scan(bytes);
  while (const auto item = scan.next()) {
    if (item->kind == JournalKind::begin) return true;
  }
  return false;
}

void add_damage(const std::string& folder, const std::string& bytes, std::vector<std::string>& problems) {
  JournalScan scan(bytes);
  while (scan.next()) {
  }
  for (const JournalScan::Damage& damage : scan.damage()) {
    problems.push_back(text(folder, ": ", damage.bytes, " bytes of the journal at ", damage.at,
                            " are damaged: what they held is lost"));
  }
}

}  // namespace

JournalPoint JournalItem::point(std::size_t i) const {
  const JournalRecord record = record_at(payload, i * journal_record_bytes);
  return {record.small, std::bit_cast<double>(record.third)};
}

std::optional<JournalItem> JournalScan::next() {
  const std::size_t begin = at_;
  for (; at_ + journal_record_bytes <= bytes_.size(); at_ += journal_record_bytes) {
    auto item = item_at(at_);
    if (!item) continue;
    if (at_ > begin) damage_.push_back({begin, at_ - begin});
    at_ += journal_record_bytes + padded(item->payload.size());
    return item;
  }
  torn_bytes_ = bytes_.size() - begin;
  at_ = begin;
  return std::nullopt;
}

std::optional<JournalItem> JournalScan::item_at(std::size_t at) {
  // A forged file could make every record claim the whole rest: then it is not looked through for more.
  if (wasted_ > 8 * bytes_.size()) return std::nullopt;
  const JournalRecord record = record_at(bytes_, at);
  const auto kind = static_cast<JournalKind>(record.kind);
  JournalItem item;
  item.kind = kind;
  item.at = at;
  item.wall_ns = record.second;
  if (kind == JournalKind::part) {
    const bool holds = record.crc == crc_of(bytes_, at, journal_record_bytes) &&
                       record.first == journal_magic && record.small == journal_format_version;
    if (!holds) return std::nullopt;
    item.part = record.second;
    item.start = record.third;
    return item;
  }
  if (kind == JournalKind::row) {
    if (!holds_row(at, record)) return std::nullopt;
    item.row = {record.first, static_cast<std::int64_t>(record.third), record.second};
    item.payload = bytes_.substr(at + journal_record_bytes, record.small * journal_record_bytes);
    return item;
  }
  if (!is_text(kind) || !holds_text(at, record)) return std::nullopt;
  item.payload = bytes_.substr(at + journal_record_bytes, static_cast<std::size_t>(record.first));
  return item;
}

bool JournalScan::holds_row(std::size_t at, const JournalRecord& record) {
  if (record.crc != crc_of(bytes_, at, journal_record_bytes)) return false;
  const std::size_t size = record.small * journal_record_bytes;
  if (size > bytes_.size() - at - journal_record_bytes) return false;
  for (std::size_t i = 1; i <= record.small; ++i) {
    const std::size_t point_at = at + i * journal_record_bytes;
    const JournalRecord point = record_at(bytes_, point_at);
    if (point.kind == static_cast<std::uint8_t>(JournalKind::point) &&
        point.crc == crc_of(bytes_, point_at, journal_record_bytes)) {
      continue;
    }
    wasted_ += i * journal_record_bytes;
    return false;
  }
  return true;
}

bool JournalScan::holds_text(std::size_t at, const JournalRecord& record) {
  const std::size_t rest = bytes_.size() - at - journal_record_bytes;
  if (record.first < 0 || static_cast<std::uint64_t>(record.first) > rest) return false;
  const std::size_t size = padded(static_cast<std::size_t>(record.first));
  if (size > rest) return false;
  if (record.crc == crc_of(bytes_, at, journal_record_bytes + size)) return true;
  wasted_ += size;
  return false;
}

std::optional<AttemptJournal> find_journal(const std::string& run_folder, int attempt) {
  const std::string folder = join_path(run_folder, text("a.", attempt));
  AttemptJournal journal;
  journal.attempt = attempt;
  journal.bytes = joined(read_parts(folder, journal.problems), folder, journal.problems);
  if (!begins(journal.bytes)) return std::nullopt;
  add_damage(folder, journal.bytes, journal.problems);
  return journal;
}

std::vector<AttemptJournal> find_journals(const std::string& run_folder, int last) {
  std::vector<AttemptJournal> journals;
  for (int attempt = 1; attempt <= last; ++attempt) {
    if (auto journal = find_journal(run_folder, attempt)) journals.push_back(std::move(*journal));
  }
  return journals;
}

std::vector<std::string> problems_of(const std::vector<AttemptJournal>& found, const std::string& run_folder,
                                     int last) {
  std::vector<std::string> problems;
  for (int attempt = 1; attempt <= last; ++attempt) {
    const auto journal = std::find_if(found.begin(), found.end(),
                                      [&](const AttemptJournal& each) { return each.attempt == attempt; });
    if (journal != found.end()) {
      problems.insert(problems.end(), journal->problems.begin(), journal->problems.end());
    } else if (has_parts(join_path(run_folder, text("a.", attempt)))) {
      problems.push_back(text(run_folder, "/a.", attempt,
                              ": the journal does not say how the attempt began: what it did is left out"));
    }
  }
  return problems;
}

}  // namespace assay::store
