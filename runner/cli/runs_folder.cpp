#include "runner/cli/runs_folder.h"

#include <cstdlib>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/config_arguments.h"

namespace assay::cli {
namespace {

// What of the path is there and no folder, so that nothing can be made below it; empty if nothing.
std::string file_on_the_way_to(std::string path) {
  while (!exists(path)) {
    const std::string above = parent_folder(path);
    if (above == path || above.empty()) return {};
    path = above;
  }
  return is_folder(path) ? std::string() : path;
}

}  // namespace

void RunsFolder::describe(Syntax& syntax) {
  syntax.option("--runs", "DIR", given_, "where runs are kept (default: $ASSAY_RUNS, else ./runs)");
}

std::string RunsFolder::path() const {
  const char* set = std::getenv("ASSAY_RUNS");
  const bool is_set = set != nullptr && *set != '\0';
  const std::string folder = !given_.empty() ? given_ : is_set ? set : "runs";
  if (const std::string file = file_on_the_way_to(folder); !file.empty()) {
    throw Error(Kind::store, Problem{Where::path(folder),
                                     {},
                                     file == folder ? "is a file, not a folder"
                                                    : text("cannot be a folder: ", file, " is a file"),
                                     text("runs are kept in a folder: name another with ",
                                          given_.empty() ? "ASSAY_RUNS" : "--runs")});
  }
  return folder;
}

std::string RunsFolder::command_text() const {
  return given_.empty() ? "" : " --runs " + shell_quoted(given_);
}

}  // namespace assay::cli
