// Where a run happens: what its record keeps about the machine and this build, so that a number can be
// explained later.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "registry/registry.h"

namespace assay::cli {

/// Host, operating system, processor and accelerator, build, sources beyond the commit, digests of the
/// program, its libraries and the plugins, and a few environment variables that change results or name the
/// job; never a variable that could hold a secret. The engine adds what only LibTorch knows. Reads a few
/// megabytes.
Json environment(const std::vector<PluginInfo>& plugins);

/// What `assay --version` prints: a line for assay, one for each thing it was built with.
std::string version_text();

}  // namespace assay::cli
