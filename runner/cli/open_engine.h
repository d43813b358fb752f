// Opens what computes: the engine and the families that need LibTorch. Until this is called, nothing of
// LibTorch is in the process.
#pragma once

#include <memory>
#include <vector>

#include "registry/contracts/engine.h"
#include "registry/implementations.h"

namespace assay::cli {

/// Adds the families that need LibTorch, and what plugins do with it, to `parts` and returns an engine. Takes
/// a quarter of a second. Throws Kind::plugin, with what to do, if a library or LibTorch itself is missing.
std::unique_ptr<Engine> open_engine(Implementations& parts, const std::vector<PluginInfo>& plugins);

}  // namespace assay::cli
