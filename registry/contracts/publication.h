// Data that is known byte for byte: where it is published, where its files may lie, and what they must be.
// Parameters of a data set that reads such files say so, and `assay data` can then list, fetch and verify
// them:
//
//   static std::vector<Publication> publications();
//
// Digests are of unpacked bytes, since packed copies with other gzip headers are in circulation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay {

struct KnownFile {
  std::string name;         // without .gz
  std::uint64_t bytes = 0;  // unpacked
  std::string sha256;       // of the unpacked bytes, hex
  /// Addresses of this file, packed (.gz) or not, best first; none: it comes in the archive, or with assay.
  std::vector<std::string> urls = {};
};

/// A .tar.gz that holds all files of a publication.
struct KnownArchive {
  std::string url;
  std::uint64_t bytes = 0;  // packed
  std::string sha256;       // of the archive as it is, hex
};

struct Publication {
  std::string name;                  // "fashion_mnist", "uci/yacht": what `assay data` calls it
  std::string title;                 // "Fashion-MNIST"
  std::string place;                 // where it is published, for messages
  std::string licence;               // as its publisher states it, or that none is stated
  std::vector<std::string> folders;  // below a data root; the first is the one to put it in; "": the root
  std::vector<KnownFile> files;
  std::optional<KnownArchive> archive = std::nullopt;
  bool ships = false;  // with assay
};

}  // namespace assay
