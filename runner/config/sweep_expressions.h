// Expressions in a `sweep:` section that belong to its trials.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/value.h"

namespace assay {

/// The kinds of things to draw from, of which an entry of `sweep.space` has one.
const std::vector<std::string>& space_kinds();

/// The scalars below `sweep` that are left as they are until a trial is bound: what a choice may set, the
/// rows of `zip`, `list` and `enqueue`, and the values of `refit`. An expression there sees the trial's
/// values. All others (a list of choices, a bound of a range) see the config's own.
std::set<const Value*> trial_expressions(const Value& config);

}  // namespace assay
