#include "registry/contracts/published_files.h"

#include <algorithm>

#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay {
namespace {

bool can_be_fetched(const Publication& publication) {
  return publication.archive || std::any_of(publication.files.begin(), publication.files.end(),
                                            [](const KnownFile& file) { return !file.urls.empty(); });
}

}  // namespace

std::optional<std::string> find_published(const Publication& publication, const KnownFile& file,
                                          const std::vector<std::string>& roots) {
  for (const std::string& root : roots) {
    for (const std::string& folder : publication.folders) {
      const std::string plain = join_path(folder.empty() ? root : join_path(root, folder), file.name);
      for (const std::string& path : {plain + ".gz", plain}) {
        if (exists(path)) return path;
      }
    }
  }
  return std::nullopt;
}

std::optional<Problem> difference_from(const Publication& publication, const KnownFile& file,
                                       std::string_view bytes, const std::string& path) {
  const std::string hint = text("get ", file.name, " again from ", publication.place);
  if (bytes.size() < file.bytes) {
    return Problem{Where::path(path),
                   {},
                   text("the file is truncated: ", bytes.size(), " of the ", file.bytes, " bytes that ",
                        publication.title, "'s ", file.name, " has unpacked"),
                   hint};
  }
  const std::string digest = sha256_hex(bytes);
  if (digest == file.sha256) return std::nullopt;
  return Problem{
      Where::path(path),
      {},
      text("the file differs from ", publication.title, "'s ", file.name, ": wrong checksum"),
      hint,
      {text("SHA-256 of the unpacked file: ", digest), text("as published:                 ", file.sha256)}};
}

std::string how_to_get(const Publication& publication) {
  const std::string& folder = publication.folders.front();
  const std::string fetch =
      can_be_fetched(publication) ? text("`assay data fetch ", publication.name, "` fetches it; ") : "";
  return text(fetch, publication.title, " is published at ", publication.place,
              "; put its files, packed or not, ",
              folder.empty() ? "into a folder" : text("into a folder ", folder, "/"),
              " and set ASSAY_DATA, or dataset.root, to ", folder.empty() ? "it" : "the folder above it");
}

}  // namespace assay
