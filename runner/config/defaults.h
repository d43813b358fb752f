// What a config leaves unsaid: the file's name, what the data set and its task imply. Plain defaults of
// parameters are fill_defaults (registry/registry.h).
#pragma once

#include <optional>
#include <string>

#include "core/value.h"
#include "registry/contracts/families.h"
#include "registry/registry.h"

namespace assay {

/// What the config's data set says of itself. Nothing if its parameters do not bind: the problems are for the
/// real binding to report.
std::optional<DatasetOutline> outline_of(const Value& config, const Registry& registry);

/// Fills in `name` from the file's stem, then `loss`, `metrics` and `dataset.split` from the outline, each
/// with Where::implied. What was written stays; a `split` without `type` that gives no shares goes over the
/// data set's own.
void fill_implied(Value& config, const std::string& file, const std::optional<DatasetOutline>& outline,
                  const Registry& registry);

}  // namespace assay
