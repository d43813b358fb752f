#include "runner/store/run_id.h"

#include <algorithm>

#include "core/io/digest.h"

namespace assay::store {

std::string run_id(std::string_view canonical_identity_json, std::vector<std::string> file_digests) {
  constexpr std::size_t n_digits = 10;
  std::sort(file_digests.begin(), file_digests.end());
  Sha256 sha;
  sha.add(canonical_identity_json);
  sha.add("\n");
  for (const std::string& digest : file_digests) {
    sha.add(digest);
    sha.add("\n");
  }
  return hex(sha.finish()).substr(0, n_digits);
}

}  // namespace assay::store
