// How arrays of an HDF5 file are stored, as text: for the way from a process apart, in which HDF5 reads the
// files of strangers (core/io/in_child.h), and what may be believed of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/io/h5.h"
#include "core/io/mapped_file.h"
#include "core/json.h"

namespace assay::h5 {

Json to_json(const Storage& storage);
/// Takes what to_json gave.
Storage storage_of(const Json& json);

/// What was found in a file: arrays by name, and texts.
struct Contents {
  std::vector<std::pair<std::string, Storage>> arrays;
  std::vector<std::pair<std::string, std::string>> texts;

  /// Empty if there is none of that name.
  const std::string& text(std::string_view name) const;
};

/// Lets `look` read a file in a process apart and gives what it found, once it is clear that every array lies
/// within the file, fills its shape where it is in one piece, and shares no byte with another. The process
/// gets memory for twice the file and 64 MiB, 1 s of processor time and 1 s for each MiB of the file, and 30
/// s of wall clock. Throws Kind::store, naming the file at `path`.
Contents contents_apart(const MappedFile& file, const std::string& path,
                        const std::function<Contents(const Reader&)>& look);

}  // namespace assay::h5
