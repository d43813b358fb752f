// What an attempt finds when it begins: what those before it did, and where it goes on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "registry/contracts/engine.h"
#include "runner/store/replay.h"

namespace assay::store {

struct Recovery {
  Replay replay;  // has seen the attempts before
  Origin origin;
  std::string best_file;             // where the best weights were at the origin
  std::optional<ResumePoint> point;  // nothing: from the first step
  std::vector<Problem> warnings;     // damage, by name
};

/// For attempt K, which is claimed: reads the journals of those before, takes the newest checkpoint that was
/// committed and verifies (with the file of its best weights), and removes what was not committed and what
/// was being written aside. It may be killed and done again. Throws Kind::data if a journal is there and
/// cannot be read.
Recovery recover(const std::string& folder, int attempt);

}  // namespace assay::store
