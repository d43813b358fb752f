#include "core/io/zip_writer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <zlib.h>

#include "core/error.h"

namespace assay {
namespace {

constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t descriptor_signature = 0x08074b50;
constexpr std::uint32_t entry_signature = 0x02014b50;
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t end64_locator_signature = 0x07064b50;
constexpr std::uint32_t end_signature = 0x06054b50;

constexpr std::uint64_t local_bytes = 30;
constexpr std::uint64_t end64_bytes = 56;
constexpr std::uint64_t field_head_bytes = 4;
constexpr std::uint64_t local_field64_bytes = field_head_bytes + 16;

constexpr std::uint64_t in_zip64 = 0xFFFFFFFF;  // the number stands in the field for large files
constexpr std::uint64_t count_in_zip64 = 0xFFFF;
constexpr unsigned field64 = 1;
constexpr unsigned padding_field = 0x4246;  // "FB", as PyTorch's files have it
constexpr unsigned flags = 0x0808;          // the checksum follows the bytes; names are UTF-8
constexpr unsigned version = 45;            // the first with zip64
constexpr unsigned first_day = 0x21;        // 1980-01-01

void add(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

bool is_large(std::uint64_t number) { return number >= in_zip64; }
std::uint64_t or_in_zip64(std::uint64_t number) { return is_large(number) ? in_zip64 : number; }

std::uint64_t descriptor_bytes(std::uint64_t bytes) { return is_large(bytes) ? 24 : 16; }

}  // namespace

std::vector<ZipWriter::Placed> ZipWriter::place(std::vector<Entry> entries) {
  std::vector<Placed> placed;
  std::uint64_t at = 0;
  for (Entry& entry : entries) {
    const std::uint64_t fields = (is_large(entry.bytes) ? local_field64_bytes : 0) + field_head_bytes;
    const std::uint64_t least = at + local_bytes + entry.name.size() + fields;
    const std::uint64_t data = (least + entry.alignment - 1) / entry.alignment * entry.alignment;
    const std::uint64_t end = data + entry.bytes + descriptor_bytes(entry.bytes);
    placed.push_back({std::move(entry), at, data});
    at = end;
  }
  return placed;
}

ZipWriter::ZipWriter(const std::string& path, std::vector<Entry> entries, std::string comment)
    : entries_(place(std::move(entries))),
      comment_(std::move(comment)),
      file_(path, table_begins() + end_bytes()) {
  ASSAY_ASSERT(comment_.size() <= std::numeric_limits<std::uint16_t>::max());
  file_.reserve();
}

std::uint64_t ZipWriter::table_begins() const {
  if (entries_.empty()) return 0;
  const Placed& last = entries_.back();
  return last.data + last.entry.bytes + descriptor_bytes(last.entry.bytes);
}

/// Of the table and what follows.
std::uint64_t ZipWriter::end_bytes() const {
  std::uint64_t bytes = 0;
  for (const Placed& placed : entries_) bytes += table_entry(placed).size();
  return bytes + end_of_file(bytes).size();
}

std::string ZipWriter::local_header(const Placed& placed) const {
  const Entry& entry = placed.entry;
  const bool has_field64 = is_large(entry.bytes);
  const std::uint64_t extra = placed.data - placed.header - local_bytes - entry.name.size();
  std::string out;
  add(out, local_signature, 4);
  add(out, version, 2);
  add(out, flags, 2);
  add(out, 0, 2);  // stored
  add(out, 0, 2);
  add(out, first_day, 2);
  add(out, 0, 4);  // the checksum follows the bytes
  add(out, has_field64 ? in_zip64 : 0, 4);
  add(out, has_field64 ? in_zip64 : 0, 4);
  add(out, entry.name.size(), 2);
  add(out, extra, 2);
  out += entry.name;
  if (has_field64) {
    add(out, field64, 2);
    add(out, 16, 2);
    add(out, 0, 8);
    add(out, 0, 8);
  }
  const std::uint64_t padding = extra - (has_field64 ? local_field64_bytes : 0) - field_head_bytes;
  add(out, padding_field, 2);
  add(out, padding, 2);
  out.append(padding, 'Z');
  return out;
}

std::string ZipWriter::table_entry(const Placed& placed) const {
  const Entry& entry = placed.entry;
  std::string large;  // only the numbers that do not fit, in this order
  for (const std::uint64_t number : {entry.bytes, entry.bytes, placed.header}) {
    if (is_large(number)) add(large, number, 8);
  }
  std::string out;
  add(out, entry_signature, 4);
  add(out, version, 2);
  add(out, version, 2);
  add(out, flags, 2);
  add(out, 0, 2);
  add(out, 0, 2);
  add(out, first_day, 2);
  add(out, placed.checksum, 4);
  add(out, or_in_zip64(entry.bytes), 4);
  add(out, or_in_zip64(entry.bytes), 4);
  add(out, entry.name.size(), 2);
  add(out, large.empty() ? 0 : field_head_bytes + large.size(), 2);
  add(out, 0, 2);  // no comment
  add(out, 0, 2);  // on the first disk
  add(out, 0, 2);
  add(out, 0, 4);
  add(out, or_in_zip64(placed.header), 4);
  out += entry.name;
  if (large.empty()) return out;
  add(out, field64, 2);
  add(out, large.size(), 2);
  return out + large;
}

std::string ZipWriter::end_of_file(std::uint64_t table_bytes) const {
  const std::uint64_t begins = table_begins();
  const std::uint64_t count = entries_.size();
  std::string out;
  if (is_large(begins) || is_large(table_bytes) || count >= count_in_zip64) {
    add(out, end64_signature, 4);
    add(out, end64_bytes - 12, 8);
    add(out, version, 2);
    add(out, version, 2);
    add(out, 0, 4);
    add(out, 0, 4);
    add(out, count, 8);
    add(out, count, 8);
    add(out, table_bytes, 8);
    add(out, begins, 8);
    add(out, end64_locator_signature, 4);
    add(out, 0, 4);
    add(out, begins + table_bytes, 8);
    add(out, 1, 4);
  }
  add(out, end_signature, 4);
  add(out, 0, 2);
  add(out, 0, 2);
  add(out, std::min(count, count_in_zip64), 2);
  add(out, std::min(count, count_in_zip64), 2);
  add(out, or_in_zip64(table_bytes), 4);
  add(out, or_in_zip64(begins), 4);
  add(out, comment_.size(), 2);
  return out + comment_;
}

void ZipWriter::begin() {
  end_entry();
  const Placed& placed = entries_.at(next_++);
  file_.write(local_header(placed));
  missing_ = placed.entry.bytes;
}

void ZipWriter::write(std::string_view bytes) {
  ASSAY_ASSERT(next_ > 0 && bytes.size() <= missing_);
  std::uint32_t& checksum = entries_[next_ - 1].checksum;
  checksum = static_cast<std::uint32_t>(
      crc32_z(checksum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  file_.write(bytes);
  missing_ -= bytes.size();
}

void ZipWriter::end_entry() {
  ASSAY_ASSERT(missing_ == 0);
  if (next_ == 0) return;
  const Placed& placed = entries_[next_ - 1];
  const std::size_t number_bytes = is_large(placed.entry.bytes) ? 8 : 4;
  std::string out;
  add(out, descriptor_signature, 4);
  add(out, placed.checksum, 4);
  add(out, placed.entry.bytes, number_bytes);
  add(out, placed.entry.bytes, number_bytes);
  file_.write(out);
}

void ZipWriter::put() {
  ASSAY_ASSERT(next_ == entries_.size());
  end_entry();
  std::string table;
  for (const Placed& placed : entries_) table += table_entry(placed);
  file_.write(table);
  file_.write(end_of_file(table.size()));
  file_.put();
}

}  // namespace assay
