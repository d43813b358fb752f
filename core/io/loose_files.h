// Files that are seen at once and survive a power cut only after the next sync_file_system(): for whoever
// writes many and can do them again. What a killed process leaves is whole; what a power cut leaves of files
// that were not synced may be short or missing, so readers check what they find.
//
//   make_loose_folders("t/00/0007");
//   if (!put_loose_once("t/00/0007/claim.1", claim)) ...   // someone else was first
//   put_loose("t/00/0007/run.h5", bytes);
//   sync_file_system("t");                                 // one sync for all of it
//
// What cannot be written is an Error of Kind::store that names the path and the system's reason.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// Replaces or creates `path` by writing aside and renaming. The folder must exist.
void put_loose(const std::string& path, std::string_view bytes);

/// The same, but only if nothing is at `path` yet, by link(2): of several processes exactly one succeeds.
/// Returns false, without a change, if something is there.
bool put_loose_once(const std::string& path, std::string_view bytes);

/// Gives the file at `path` the name `name` as well. Fine if something has that name.
void link_loose(const std::string& path, const std::string& name);
/// Gives it the name `name` instead, in place of what had that. False, without a change, if there is no such
/// file.
bool rename_loose(const std::string& path, const std::string& name);

/// Makes the folder and those above it. Fine if it exists.
void make_loose_folders(const std::string& path);

/// Returns when everything that was written before on the file system of `path` survives a power cut, whoever
/// wrote it: syncfs(2).
void sync_file_system(const std::string& path);

}  // namespace assay
