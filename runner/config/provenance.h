// Where each value of a config came from, as data.
#pragma once

#include "core/error.h"
#include "core/json.h"
#include "core/value.h"

namespace assay {

/// {"optimizer.lr": "configs/digits.yaml:9:31", "seed": "default of experiment", ...}: every scalar, null and
/// empty list or map of `config`, in its order, with the text of its place.
Json provenance_of(const Value& config);

/// The error of a later stage, in which a problem that names a key of `config` but no place has the key's
/// place.
Error placed(const Error& error, const Value& config);

}  // namespace assay
