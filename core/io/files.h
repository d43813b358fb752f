// Files: reading whole ones, and publishing: a published file is either the old one or the new one, whole, at
// every instant and after a power cut. It is written aside under a unique name that ends in `.tmp`, synced,
// renamed onto its name, and the folder is synced.
//
//   const std::string text = read_file("configs/digits.yaml");
//   make_folders("runs/digits/3f2a");
//   publish("runs/digits/3f2a/summary.json", bytes);
//   if (!publish_once("runs/digits/3f2a/claim.1", claim)) ...   // someone else was first
//
// What cannot be read is an Error of Kind::data, what cannot be written one of Kind::store; both name the
// path and the system's reason in one sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"

namespace assay {

/// The whole file. Throws Kind::data: it does not exist, is a folder, or cannot be read.
std::string read_file(const std::string& path);

/// The whole file, or nothing if there is none. Throws Kind::data if it is there and cannot be read.
std::optional<std::string> find_file(const std::string& path);

/// The whole file as u8 [bytes], so that arrays within it can be aligned. Throws Kind::data: also if it is no
/// regular file, or changes its size meanwhile.
Array read_array(const std::string& path);

/// Replaces or creates `path` by writing aside and renaming. When it returns, the bytes survive a power cut;
/// when it throws (Kind::store), `path` is what it was and nothing is left beside it. The folder must exist.
void publish(const std::string& path, std::string_view bytes);

/// The same, but only if nothing is at `path` yet: by link(2), so that of several processes exactly one
/// succeeds. Returns false, without a change, if something is there. Throws Kind::store for everything else.
bool publish_once(const std::string& path, std::string_view bytes);

/// The same in steps, for a file that is not in memory as a whole: write its bytes in order, then put it in
/// its place. If that does not happen, nothing is left of it.
///
///   AsideFile file(path, bytes);
///   file.reserve();
///   for (const std::string_view part : parts) file.write(part);
///   file.put();
class AsideFile {
 public:
  /// Whether it survives a power cut once it has its name, or only once somebody syncs the file system
  /// (core/io/loose_files.h).
  enum class Durable { at_once, later };

  /// bytes: how long the file will be. The folder must exist. Throws Kind::store, as all of these do.
  AsideFile(std::string path, std::uint64_t bytes, Durable durable = Durable::at_once);
  ~AsideFile();
  AsideFile(const AsideFile&) = delete;
  AsideFile& operator=(const AsideFile&) = delete;

  /// Takes the whole space before a byte is written, so that a full disk is known at once. Does nothing where
  /// the file system cannot.
  void reserve();
  void write(std::string_view bytes);
  /// Syncs the file, gives it its name in place of what had it, and syncs the folder.
  void put();
  /// The same if nothing has the name yet; else returns false.
  bool put_once();

 private:
  void close();
  void sync_name() const;

  std::string path_;
  std::uint64_t bytes_;
  Durable durable_;
  std::uint64_t written_ = 0;
  std::uint64_t begun_ = 0;  // up to here the disk has been set to work
  std::string aside_;
  int fd_ = -1;
};

/// Adds `bytes` at the end of `path`, creating it, in one write(2) where the system allows. Not synced.
/// Kind::store.
void append(const std::string& path, std::string_view bytes);

/// Puts `bytes` over the beginning of `path`, creating it: not synced, and not whole at every instant.
/// Kind::store.
void overwrite(const std::string& path, std::string_view bytes);

/// Makes the folder and those above it, and syncs the parents of new ones. Fine if it exists. Kind::store
/// otherwise.
void make_folders(const std::string& path);

/// Makes a folder whose parent exists; false if something of that name is there already. Kind::store
/// otherwise.
bool make_folder_once(const std::string& path);

/// Names in a folder without "." and "..", sorted; empty if there is no such folder. Throws Kind::data if it
/// is there and cannot be read, or is no folder.
std::vector<std::string> list_folder(const std::string& path);

bool exists(const std::string& path);
bool is_folder(const std::string& path);
/// Bytes of a file. Throws Kind::data if there is none.
std::uint64_t file_size(const std::string& path);

/// Removes a file; false if there was none. Throws Kind::store if it cannot be removed.
bool remove_file(const std::string& path);
/// Removes a folder and all below it (links are not followed); false if there was none. Throws Kind::store.
bool remove_tree(const std::string& path);

/// `a/b/` and `c` -> `a/b/c`; an absolute second part stands alone.
std::string join_path(std::string_view folder, std::string_view name);
/// The last part of a path: `a/b/c` -> `c`.
std::string base_name(std::string_view path);
/// What stands before it: `a/b/c` -> `a/b`, `c` -> `.`, `/c` -> `/`.
std::string parent_folder(std::string_view path);
/// Absolute, without `.`, `..` and doubled slashes; links are not resolved.
std::string absolute_path(const std::string& path);

}  // namespace assay
