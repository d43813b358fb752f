#include "datasets/published.h"

#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/published_files.h"

namespace assay::datasets {
namespace {

Problem missing(const std::vector<const KnownFile*>& files, const Publication& publication,
                const std::vector<std::string>& roots) {
  std::vector<std::string> names;
  for (const KnownFile* file : files) {
    names.push_back(text(file->name, ".gz (", bytes_text(file->bytes), " unpacked)"));
  }
  Problem problem{{},
                  "dataset",
                  text(": missing data of ", publication.title, ": ", join(names, ", ")),
                  how_to_get(publication)};
  const std::string& folder = publication.folders.front();
  for (const std::string& root : roots) {
    problem.notes.push_back("looked in " + (folder.empty() ? root : join_path(root, folder)));
  }
  return problem;
}

// MNIST and its kin: train-images-idx3-ubyte.
bool is_named_as_idx(const KnownFile& file) { return file.name.find("-idx") != std::string::npos; }

}  // namespace

std::vector<ReadFile> read_published(const Publication& publication, const std::vector<std::string>& roots) {
  std::vector<ReadFile> out;
  std::vector<Problem> problems;
  std::vector<const KnownFile*> absent;
  for (const KnownFile& file : publication.files) {
    const auto path = find_published(publication, file, roots);
    if (!path) {
      absent.push_back(&file);
      continue;
    }
    try {
      out.push_back(read_data_file(*path));
      if (auto problem = difference_from(publication, file, out.back().bytes, *path)) {
        const bool is_whole = out.back().bytes.size() >= file.bytes;
        if (is_whole && is_named_as_idx(file)) problem->hint += ", or read it as it is with `type: idx`";
        problems.push_back(*std::move(problem));
      }
    } catch (const Error& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!absent.empty()) problems.push_back(missing(absent, publication, roots));
  throw_if_any(Kind::data, problems);
  return out;
}

}  // namespace assay::datasets
