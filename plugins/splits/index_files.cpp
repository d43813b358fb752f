#include "plugins/splits/index_files.h"

#include <memory>
#include <utility>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/gzip.h"
#include "core/text.h"

namespace assay::splits {
namespace {

std::string of_fold(std::string pattern, std::int64_t fold) {
  const std::size_t star = pattern.rfind('*');
  if (star != std::string::npos) pattern.replace(star, 1, text(fold));
  return pattern;
}

// The file, or a packed one beside it.
std::string there(const std::string& path) {
  return !exists(path) && exists(path + ".gz") ? path + ".gz" : path;
}

std::vector<std::int64_t> read_rows(const std::string& path, std::int64_t n_rows) {
  std::string bytes = read_file(path);
  if (is_gzip(bytes)) bytes = gunzip(bytes, path);
  const auto name = std::make_shared<const std::string>(path);
  std::vector<std::int64_t> rows;
  std::vector<Problem> problems;
  int line = 0;
  for (const std::string& written : split(bytes, '\n')) {
    ++line;
    const std::string_view word = trim(written);
    if (word.empty() || problems.size() == 10) continue;
    const auto row = parse_integer(word);
    if (row && *row >= 0 && *row < n_rows) {
      rows.push_back(*row);
      continue;
    }
    problems.push_back({Where::file(name, line, 1),
                        {},
                        text("'", printable(word.substr(0, 40)), "' is ",
                             row ? text("no row: the data has ", count_text(n_rows, "row"), ", from 0")
                                 : std::string("no row number")),
                        "a file of a split holds one row number from 0 a line"});
  }
  throw_if_any(Kind::data, problems);
  return rows;
}

}  // namespace

IndexFiles::IndexFiles(const Params& params, const Needs& /*needs*/) : params_(params) {}

SplitFiles IndexFiles::named_files(const Dataset& dataset) const {
  SplitFiles files{params_.train.text, params_.test.text};
  if (!params_.train.is_set()) {
    const auto own = dataset.split_files();
    if (!own) {
      throw Error(Kind::config, Problem{{},
                                        "dataset.split",
                                        "is index_files, but names no files, and the data set has none",
                                        "name them: train: index_train_*.txt, test: index_test_*.txt"});
    }
    files = *own;
  }
  return {there(of_fold(std::move(files.train), params_.fold)),
          there(of_fold(std::move(files.test), params_.fold))};
}

SplitRows IndexFiles::rows(const Dataset& dataset) const {
  const SplitFiles files = named_files(dataset);
  const std::int64_t n_rows = dataset.facts().rows;
  SplitRows out{read_rows(files.train, n_rows), {}, read_rows(files.test, n_rows)};
  out.valid = carve(params_.valid, params_.seed, out.train);
  return out;
}

std::vector<DataFile> IndexFiles::files(const Dataset& dataset) const {
  const SplitFiles named = named_files(dataset);
  std::vector<DataFile> out;
  for (const std::string& path : {named.train, named.test}) {
    const std::string bytes = read_file(path);
    out.push_back({path, sha256_hex(bytes), bytes.size()});
  }
  return out;
}

}  // namespace assay::splits
