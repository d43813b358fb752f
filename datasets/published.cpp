#include "datasets/published.h"

#include <optional>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay::datasets {
namespace {

std::string folder_in(const std::string& root, std::string_view folder) {
  return folder.empty() ? root : join_path(root, folder);
}

std::optional<std::string> find_known(const KnownFile& file, const Publication& publication,
                                      const std::vector<std::string>& roots) {
  for (const std::string& root : roots) {
    for (const std::string_view folder : publication.folders) {
      const std::string plain = join_path(folder_in(root, folder), file.name);
      for (const std::string& path : {plain + ".gz", plain}) {
        if (exists(path)) return path;
      }
    }
  }
  return std::nullopt;
}

Problem missing(const std::vector<const KnownFile*>& files, const Publication& publication,
                const std::vector<std::string>& roots) {
  std::vector<std::string> names;
  for (const KnownFile* file : files) {
    names.push_back(text(file->name, ".gz (", bytes_text(file->bytes), " unpacked)"));
  }
  Problem problem{{}, "dataset", text(": missing data of ", publication.title, ": ", join(names, ", ")), {}};
  for (const std::string& root : roots) {
    problem.notes.push_back("looked in " + folder_in(root, publication.folders.front()));
  }
  const std::string folder(publication.folders.front());
  problem.hint =
      text(publication.title, " is published at ", publication.place, "; put its files, packed or not, ",
           folder.empty() ? "into a folder" : text("into a folder ", folder, "/"),
           " and set ASSAY_DATA, or dataset.root, to ", folder.empty() ? "it" : "the folder above it");
  return problem;
}

void check_known(const ReadFile& read, const KnownFile& known, const Publication& publication,
                 std::vector<Problem>& problems) {
  const std::string hint = text("get ", known.name, " again from ", publication.place);
  if (read.bytes.size() < known.bytes) {
    problems.push_back(problem_in(read.path,
                                  text("the file is truncated: ", read.bytes.size(), " of the ", known.bytes,
                                       " bytes that ", publication.title, "'s ", known.name, " has unpacked"),
                                  hint));
    return;
  }
  const std::string digest = sha256_hex(read.bytes);
  if (digest == known.sha256) return;
  Problem problem = problem_in(
      read.path, text("the file differs from ", publication.title, "'s ", known.name, ": wrong checksum"),
      hint + ", or read it as it is with `type: idx`");
  problem.notes = {text("SHA-256 of the unpacked file: ", digest),
                   text("as published:                 ", known.sha256)};
  problems.push_back(std::move(problem));
}

}  // namespace

std::vector<ReadFile> read_published(const Publication& publication, const std::vector<std::string>& roots) {
  std::vector<ReadFile> out;
  std::vector<Problem> problems;
  std::vector<const KnownFile*> absent;
  for (const KnownFile& file : publication.files) {
    const auto path = find_known(file, publication, roots);
    if (!path) {
      absent.push_back(&file);
      continue;
    }
    try {
      out.push_back(read_data_file(*path));
      check_known(out.back(), file, publication, problems);
    } catch (const Error& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!absent.empty()) problems.push_back(missing(absent, publication, roots));
  throw_if_any(Kind::data, problems);
  return out;
}

}  // namespace assay::datasets
