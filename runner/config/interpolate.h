// `$(model.dropout * 4)`, `$(env.SCRATCH)`, `$(vars.tau)`: values computed from others.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/value.h"

namespace assay {

class BlockUses;

/// Replaces every `$(...)` below `path` (empty: everywhere) by its value, and `$$(` by `$(`. A scalar that is
/// one expression as a whole takes the value's type, also a list or a map; within other text the value is
/// written out. Keys are looked up in the whole config. Returns the places of expressions that have no value:
/// they stay as written. later: nodes that are left as they are. blocks: what `block.NAME` means in the
/// layers of each; what they were given is interpolated as well.
std::vector<Where> interpolate(Value& config, const std::string& path, std::vector<Problem>& problems,
                               const std::set<const Value*>& later = {}, BlockUses* blocks = nullptr);

/// Of a value and all that is in it.
std::size_t count_nodes(const Value& value);

/// Gives a value and all below it one place: a copied value belongs to the expression or the line that copied
/// it.
void set_places(Value& value, const Where& where);

}  // namespace assay
