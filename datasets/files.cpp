#include "datasets/files.h"

#include <utility>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/gzip.h"

namespace assay::datasets {

ReadFile read_data_file(const std::string& path) {
  std::string bytes = read_file(path);
  DataFile record{path, sha256_hex(bytes), bytes.size()};
  if (is_gzip(bytes)) bytes = gunzip(bytes, path);
  return {path, std::move(bytes), std::move(record)};
}

Problem problem_in(const std::string& path, std::string message, std::string hint) {
  return {Where::path(path), {}, std::move(message), std::move(hint)};
}

}  // namespace assay::datasets
