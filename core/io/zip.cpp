#include "core/io/zip.h"

#include <algorithm>
#include <utility>

#include <zlib.h>

#include "core/error.h"
#include "core/io/inflate.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr std::string_view end_signature = "PK\5\6";
constexpr std::string_view end64_locator_signature = "PK\6\7";
constexpr std::string_view end64_signature = "PK\6\6";
constexpr std::string_view entry_signature = "PK\1\2";
constexpr std::string_view local_signature = "PK\3\4";
constexpr std::size_t end_bytes = 22;
constexpr std::size_t end64_locator_bytes = 20;
constexpr std::size_t entry_bytes = 46;
constexpr std::size_t local_bytes = 30;
constexpr std::uint64_t in_zip64 = 0xFFFFFFFF;  // the number stands in the field for large files
constexpr unsigned stored = 0;
constexpr unsigned deflated = 8;

}  // namespace

void ZipFile::fail(std::string_view what) const {
  throw Error(Kind::data, Problem{Where::path(name_), {}, std::string(what), "get the file again"});
}

/// Little-endian. Every access to the file goes through here or through packed().
std::uint64_t ZipFile::number(std::uint64_t at, std::size_t bytes) const {
  if (at > bytes_.size() || bytes > bytes_.size() - at) fail("is damaged: it points outside of itself");
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
  return value;
}

ZipFile::ZipFile(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {
  if (!bytes.starts_with(local_signature) && !bytes.starts_with(end_signature)) fail("is no zip file");
  const std::size_t end = bytes.rfind(end_signature);
  if (end == std::string_view::npos || bytes.size() - end < end_bytes)
    fail("is truncated: the zip file has no end");
  comment_ = bytes.substr(end + end_bytes, number(end + 20, 2));
  std::uint64_t count = number(end + 10, 2);
  std::uint64_t at = number(end + 16, 4);
  if (end >= end64_locator_bytes &&
      bytes.substr(end - end64_locator_bytes).starts_with(end64_locator_signature)) {
    const std::uint64_t end64 = number(end - end64_locator_bytes + 8, 8);
    if (end64 > bytes.size() || !bytes.substr(end64).starts_with(end64_signature))
      fail("is damaged: its zip64 end is not where it should be");
    count = number(end64 + 32, 8);
    at = number(end64 + 48, 8);
  }
  if (count > bytes.size() / entry_bytes) fail("is damaged: it claims more entries than it can hold");
  for (std::uint64_t i = 0; i < count; ++i) {
    std::size_t next = 0;
    entries_.push_back(read_entry(at, next));
    at = next;
  }
}

ZipFile::Entry ZipFile::read_entry(std::size_t at, std::size_t& next) const {
  if (at > bytes_.size() || !bytes_.substr(at).starts_with(entry_signature))
    fail("is damaged: its table of entries is broken");
  Entry entry;
  constexpr unsigned encrypted_bit = 1;
  entry.is_encrypted = (number(at + 8, 2) & encrypted_bit) != 0;
  entry.method = static_cast<unsigned>(number(at + 10, 2));
  entry.checksum = static_cast<std::uint32_t>(number(at + 16, 4));
  entry.packed_bytes = number(at + 20, 4);
  entry.bytes = number(at + 24, 4);
  entry.offset = number(at + 42, 4);
  const std::size_t name_bytes = number(at + 28, 2);
  const std::size_t extra = at + entry_bytes + name_bytes;
  const std::size_t extra_end = extra + number(at + 30, 2);
  next = extra_end + number(at + 32, 2);
  if (next > bytes_.size()) fail("is damaged: its table of entries is cut");
  entry.name = bytes_.substr(at + entry_bytes, name_bytes);
  for (std::size_t field = extra; field + 4 <= extra_end; field += 4 + number(field + 2, 2)) {
    constexpr std::uint64_t zip64_field = 1;
    if (number(field, 2) != zip64_field) continue;
    std::size_t value = field + 4;  // only the numbers that did not fit, in this order
    for (std::uint64_t* large : {&entry.bytes, &entry.packed_bytes, &entry.offset}) {
      if (*large != in_zip64) continue;
      *large = number(value, 8);
      value += 8;
    }
  }
  return entry;
}

std::vector<std::string> ZipFile::names() const {
  std::vector<std::string> out;
  for (const Entry& entry : entries_) out.push_back(entry.name);
  return out;
}

const ZipFile::Entry* ZipFile::find(std::string_view entry) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& known) { return known.name == entry; });
  return found == entries_.end() ? nullptr : &*found;
}

std::string_view ZipFile::packed(const Entry& entry) const {
  if (entry.offset > bytes_.size() || !bytes_.substr(entry.offset).starts_with(local_signature))
    fail(text("is damaged: entry ", printable(entry.name), " is not where it should be"));
  const std::uint64_t start =
      entry.offset + local_bytes + number(entry.offset + 26, 2) + number(entry.offset + 28, 2);
  if (start > bytes_.size() || entry.packed_bytes > bytes_.size() - start)
    fail(text("is truncated: entry ", printable(entry.name), " is cut"));
  return bytes_.substr(start, entry.packed_bytes);
}

std::optional<ZipFile::Place> ZipFile::place(std::string_view name) const {
  const Entry* entry = find(name);
  if (!entry) fail(text("has no entry ", printable(name)));
  const std::string_view raw = packed(*entry);
  if (entry->is_encrypted || entry->method != stored || entry->bytes != raw.size()) return std::nullopt;
  return Place{static_cast<std::uint64_t>(raw.data() - bytes_.data()), raw.size()};
}

std::string ZipFile::read(std::string_view name) const {
  const Entry* entry = find(name);
  if (!entry) fail(text("has no entry ", printable(name)));
  const std::string shown = text(name_, " (", printable(name), ')');
  if (entry->is_encrypted) fail(text("is encrypted: entry ", printable(name), " cannot be read"));
  if (entry->method != stored && entry->method != deflated)
    fail(text("packs entry ", printable(name), " by method ", entry->method, ", which cannot be unpacked"));
  const std::string_view raw = packed(*entry);
  if (entry->method == stored && entry->bytes != raw.size())
    fail(text("is damaged: entry ", printable(name), " is not as long as it says"));
  std::string out =
      entry->method == stored ? std::string(raw) : inflated(raw, DeflateFormat::raw, entry->bytes, shown);
  if (crc32_z(0, reinterpret_cast<const Bytef*>(out.data()), out.size()) != entry->checksum)
    fail(text("is damaged: the checksum of entry ", printable(name), " is wrong"));
  return out;
}

}  // namespace assay
