// Reading a data file: its bytes, unpacked if they are gzip, and what the run's record keeps of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/dataset.h"

namespace assay::datasets {

struct ReadFile {
  std::string path;
  std::string bytes;  // unpacked
  DataFile record;    // of the bytes on disk
};

/// Throws Kind::data, naming the file: it is not there, cannot be read, or is damaged gzip.
ReadFile read_data_file(const std::string& path);

/// The same, but never unpacked.
ReadFile read_plain_file(const std::string& path);

/// Throws Kind::data, naming what is near, if there is no file of that path, or it is a folder.
void require_file(const std::string& path);

/// The same of a folder.
void require_folder(const std::string& path);

/// All of them, in this order. Throws Kind::data with the problems of all.
std::vector<ReadFile> read_data_files(const std::vector<std::string>& paths);

/// A problem with a data file as a whole.
Problem problem_in(const std::string& path, std::string message, std::string hint = {});

/// What a header says that the values take; SIZE_MAX if that is beyond all memory.
std::size_t promised_bytes(Dtype dtype, const std::vector<std::int64_t>& shape);

}  // namespace assay::datasets
