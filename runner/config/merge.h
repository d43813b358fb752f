// The rules by which one config goes over another.
#pragma once

#include "core/value.h"
#include "runner/config/guide.h"

namespace assay {

/// Merges `over` into `base`: maps merge key by key, scalars and lists replace. In a slot, a bare name and a
/// map that names another `type` replace the whole; a map without `type` goes over what is there, be it a
/// bare name.
void merge(Value& base, Value over, const Guide& guide);

}  // namespace assay
