// Downloading a file. Only https is used, also behind redirections, and file: for what lies on this machine.
// What arrives is not believed: the caller compares digests before the file gets its name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace assay {

/// Whether this program was built with the library that downloads.
bool can_fetch();

struct FetchLimits {
  std::uint64_t most_bytes = 0;  // a longer file is refused as soon as that is known
  /// Told now and then: bytes that are here, and in all (0: not known yet). Must not throw.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Downloads `url` into the file at `part`, going on behind the bytes that an earlier attempt left there. The
/// folder must exist. Throws Kind::data, with the address and the reason: no network, no such file, another
/// address than https or file, too long, another process that downloads it; Kind::store if `part` cannot be
/// written. What arrived stays in `part`.
void fetch_to(const std::string& url, const std::string& part, const FetchLimits& limits);

}  // namespace assay
