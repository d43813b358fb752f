// Where what assay fetches or works out once is kept for the user.
#pragma once

#include <string>

namespace assay {

/// XDG_CACHE_HOME/assay, else HOME/.cache/assay; empty where neither is set. The folder need not exist.
std::string user_cache();

}  // namespace assay
