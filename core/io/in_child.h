// Work that may crash or never end, as reading an HDF5 file from a stranger may: it is done in a forked
// process with limits, and a crash is an Error.
//
//   const std::string places = in_child(path, {.memory_bytes = 2 * size}, [&] { return places_in(bytes); });
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace assay {

struct ChildLimits {
  std::uint64_t memory_bytes = 0;          // beyond what this process has now
  std::uint64_t answer_bytes = 0;          // how long the answer may be
  double seconds = 10;                     // of wall clock
  std::optional<double> cpu_seconds = {};  // of processor time: what loops ends as early on a busy machine
};

/// Processor time in which the structure of any honest file of this size is read: 1 s, and 1 s for each MiB.
double cpu_seconds_for(std::uint64_t file_bytes);

/// Runs `work` in a copy of this process and returns what it returned. The copy has one thread, opens no
/// files, makes none longer, prints nothing, and ends with this process. `path` is the file that the work
/// reads: throws Kind::store, naming it, if the work crashed, took too long, or threw (with its message);
/// Kind::run if no process could be made.
std::string in_child(const std::string& path, const ChildLimits& limits,
                     const std::function<std::string()>& work);

}  // namespace assay
