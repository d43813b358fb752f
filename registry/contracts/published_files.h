// Files of publications (registry/contracts/publication.h) on this machine: where they lie, and whether they
// are what was published.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "registry/contracts/publication.h"

namespace assay {

/// The first root, and in it the first folder, that has the file, packed (.gz) or not.
std::optional<std::string> find_published(const Publication& publication, const KnownFile& file,
                                          const std::vector<std::string>& roots);

/// What is wrong with the unpacked bytes of the file at `path`, if they are not those that were published.
std::optional<Problem> difference_from(const Publication& publication, const KnownFile& file,
                                       std::string_view bytes, const std::string& path);

/// "`assay data fetch mnist` fetches it; MNIST is published at ...; put its files, packed or not, into ..."
std::string how_to_get(const Publication& publication);

}  // namespace assay
