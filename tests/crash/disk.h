// A disk that has not yet got everything that was written to it. It is fed a recording; at any point it says
// what the folder may look like when the power goes now:
//
// - a page of 4 KiB that was written since the file's last sync has any of its contents since then, each page
//   on its own; some pages are torn at sectors of 512 bytes;
// - so has the file's length;
// - of the names that were made, changed and removed in a folder since its last sync, some number of the
//   earliest ones; a name of a file in one folder does not wait for another folder, nor for the file's bytes;
// - what a sync returned from is there. What is written while a sync runs does not belong to it;
// - after a sync that failed, what was written before is not written any more unless it is written again.
//
// This allows all that POSIX does for the calls used here, which is more than one file system does.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/crash/recording.h"

namespace assay::crash {

using Random = std::mt19937_64;

/// Paths below the root, sorted; a folder's end in '/'.
using Tree = std::map<std::string, std::string>;

/// Writes it to a folder that is there and empty.
void write_tree(const Tree& tree, const std::string& folder);
Tree read_tree(const std::string& folder);
/// Paths that differ; empty if the trees are equal.
std::vector<std::string> differences(const Tree& a, const Tree& b);

class Disk {
 public:
  Disk();
  /// All of it is on the disk.
  explicit Disk(const Tree& tree);
  ~Disk();
  Disk(Disk&&) noexcept;

  /// Throws std::runtime_error for what cannot have happened: then the recording is not whole.
  void apply(const RecordedOp& op);

  /// The folder as processes see it now.
  Tree now() const;
  /// One of those that a power cut now may leave.
  Tree after_power_cut(Random& random) const;

 private:
  struct File;
  struct Folder;
  struct Node;
  struct Running;
  Folder& parent_of(const std::string& path) const;
  Node get(const std::string& path) const;
  File& get_file(const std::string& path) const;
  void rename(const std::string& from, const std::string& to);
  void add(const Tree& tree);

  std::unique_ptr<Folder> root_;
  std::map<std::uint64_t, Running> syncs_;
  std::uint64_t clock_ = 0;  // counts operations
};

}  // namespace assay::crash
