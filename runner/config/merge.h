// The rules by which one config goes over another.
#pragma once

#include <string_view>

#include "core/value.h"
#include "runner/config/guide.h"
#include "runner/config/replacements.h"

namespace assay {

/// Merges `over` into `base`: maps merge key by key, scalars and lists replace. In a slot, a bare name and a
/// map that names another `type` replace the whole; a map without `type` goes over what is there, be it a
/// bare name. log: receives what is replaced, if it is given; key: under which `base` stands.
void merge(Value& base, Value over, const Guide& guide, Replacements* log = nullptr,
           std::string_view key = {});

}  // namespace assay
