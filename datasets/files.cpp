#include "datasets/files.h"

#include <utility>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/gzip.h"
#include "core/text.h"

namespace assay::datasets {
namespace {

std::string hint_for_missing(const std::string& path) {
  const std::string folder = parent_folder(path);
  if (!is_folder(folder)) return text("there is no folder ", folder, " either: correct the path");
  const std::string near = closest(base_name(path), list_folder(folder));
  return near.empty() ? "correct the path" : text("did you mean '", printable(near), "'?");
}

}  // namespace

ReadFile read_data_file(const std::string& path) {
  ReadFile file = read_plain_file(path);
  if (is_gzip(file.bytes)) file.bytes = gunzip(file.bytes, path);
  return file;
}

ReadFile read_plain_file(const std::string& path) {
  require_file(path);
  std::string bytes = read_file(path);
  DataFile record{path, sha256_hex(bytes), bytes.size()};
  return {path, std::move(bytes), std::move(record)};
}

void require_file(const std::string& path) {
  if (!exists(path))
    throw Error(Kind::data, problem_in(path, "there is no such file", hint_for_missing(path)));
  if (is_folder(path))
    throw Error(Kind::data, problem_in(path, "is a folder, not a file", "name a file in it"));
}

void require_folder(const std::string& path) {
  if (is_folder(path)) return;
  if (exists(path)) {
    throw Error(Kind::data, problem_in(path, "is a file, not a folder", "name the folder that holds it"));
  }
  throw Error(Kind::data, problem_in(path, "there is no such folder", hint_for_missing(path)));
}

std::vector<ReadFile> read_data_files(const std::vector<std::string>& paths) {
  std::vector<ReadFile> files;
  std::vector<Problem> problems;
  for (const std::string& path : paths) {
    try {
      files.push_back(read_data_file(path));
    } catch (const Error& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  throw_if_any(Kind::data, problems);
  return files;
}

Problem problem_in(const std::string& path, std::string message, std::string hint) {
  return {Where::path(path), {}, std::move(message), std::move(hint)};
}

std::size_t promised_bytes(Dtype dtype, const std::vector<std::int64_t>& shape) {
  std::size_t bytes = size_of(dtype);
  for (const std::int64_t size : shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(size), &bytes)) return SIZE_MAX;
  }
  return bytes;
}

}  // namespace assay::datasets
