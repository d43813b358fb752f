// Where each value of a config came from, as data, and what of it belongs to a problem.
#pragma once

#include <span>
#include <vector>

#include "core/error.h"
#include "core/json.h"
#include "core/value.h"

namespace assay {

/// {"optimizer.lr": "configs/digits.yaml:9:31", "seed": "default of experiment", ...}: every scalar, null and
/// empty list or map of `config`, in its order, with the text of its place.
Json provenance_of(const Value& config);

/// Problems of later stages that name a key of `config` but no place get the key's place.
void place(std::span<Problem> problems, const Value& config);

/// Which overrides of the command line may have caused a problem.
enum class Cause {
  within,   // those below the key that the problem is about: one value of several does not suit the others
  related,  // those of any section that the problem's section depends on: a layer does not fit the data
};

/// Adds a note for each such override to the problems that do not point to it already.
void note_overrides(std::span<Problem> problems, const Value& config, Cause cause);

}  // namespace assay
