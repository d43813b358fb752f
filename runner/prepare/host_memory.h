// How much memory a process may use, as Linux says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace assay::preparing {

/// Bytes that this process can come to hold: those it holds now, and those that the machine (MemAvailable)
/// and its control groups (versions 1 and 2, up to the root) have left. Pages of files that the system would
/// give up count as left. Nothing where the system does not say. root: where /proc and /sys are; for tests.
std::optional<std::int64_t> host_memory(const std::string& root = {});

}  // namespace assay::preparing
