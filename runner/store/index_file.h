// The file that makes a list of ten thousand runs quick: what their summaries and configs said when they were
// last read, and by which time of their folders. It is a cache: absent, damaged or of another version, it is
// made again, and nothing but assay reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runner/store/summary.h"

namespace assay::store {

/// Texts by number; each is kept once. Runs of one folder share most of what their configs say.
class TextTable {
 public:
  TextTable() = default;
  TextTable(TextTable&&) noexcept = default;
  TextTable& operator=(TextTable&&) noexcept = default;

  std::uint32_t number_of(std::string_view text);
  std::optional<std::uint32_t> find(std::string_view text) const;
  const std::string& at(std::uint32_t number) const { return *texts_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(texts_.size()); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> texts_;  // the map's keys, which stay where they are
};

struct IndexedRun {
  std::string place;            // its folder below that of all runs: "digits/3f2a91c0de"
  std::int64_t changed_ns = 0;  // its folder's time when it was read; 0: it may change, read it again
  RunSummary summary;           // without `folder`
  /// Flat config: numbers of key and of value as JSON.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> config;
};

struct IndexFile {
  TextTable texts;
  std::vector<IndexedRun> runs;
};

/// Nothing if there is none that can be used.
std::optional<IndexFile> read_index(const std::string& path);
/// The file's bytes: runs that may not change any more, with the texts that they use.
std::string index_bytes(const IndexFile& index);

}  // namespace assay::store
