#include "core/io/user_cache.h"

#include <cstdlib>

#include "core/io/files.h"

namespace assay {

std::string user_cache() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache) return join_path(cache, "assay");
  const char* home = std::getenv("HOME");
  return home && *home ? join_path(home, ".cache/assay") : "";
}

}  // namespace assay
