// Config values, compared and shown as a sweep needs it.
#pragma once

#include <string>

#include "core/value.h"

namespace assay::sweep {

/// What binds to the same: numbers by their value, texts as they are, lists item by item, maps key by key.
bool is_same(const Value& a, const Value& b);

/// On one line: `[64, 64]`, `{type: sgd, lr: 0.1}`.
std::string one_line(const Value& value);

/// A number the way it would be written: 0.3, not 0.30000000000000004 as steps add up to.
std::string number_of(double value, bool is_whole);

}  // namespace assay::sweep
