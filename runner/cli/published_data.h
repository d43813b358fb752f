// The data sets that are known byte for byte, for `assay data`: which there are, where they lie, how they are
// fetched.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "registry/contracts/publication.h"
#include "registry/registry.h"
#include "runner/cli/output.h"

namespace assay::cli {

/// All that the registry's data sets declare, by name.
std::vector<Publication> published_data(const Registry& registry);

/// Those of these names; `uci` stands for all `uci/...`. Throws Kind::usage for a name that there is not;
/// `command` is for the message.
std::vector<Publication> chosen(const std::vector<Publication>& all, const std::vector<std::string>& names,
                                const std::string& command);

/// Bytes of all files, unpacked.
std::uint64_t size_of(const Publication& publication);

/// Where each file lies; nothing where it is missing.
std::vector<std::optional<std::string>> find_files(const Publication& publication,
                                                   const std::vector<std::string>& roots);

/// Reads all files that are there and compares them with what was published.
std::vector<Problem> differences(const Publication& publication, const std::vector<std::string>& roots);

/// Downloads what is not in `root` yet, or is not as published; a file gets its name once its checksum has
/// been compared. Says on `err` what it does. Throws Kind::data with what could not be fetched, from where,
/// and how to get it by hand.
void fetch(const Publication& publication, const std::string& root, Output& err);

}  // namespace assay::cli
