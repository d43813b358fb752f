// The arithmetic within `$(...)`: numbers, dotted keys, + - * / // % **, parentheses and a few functions. As
// in Python: int / int is a real, // rounds down, % has the sign of the divisor, ** binds tighter than a
// sign.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/value.h"

namespace assay {

/// What is wrong with an expression, without its place.
struct ExpressionError {
  std::string message;
  std::string hint;
};

/// Gives the value of a dotted key; throws ExpressionError if there is none.
using Lookup = std::function<Value(const std::string& key)>;

/// A single key gives its value, of whatever kind; all else is arithmetic and gives a number. Integers are
/// exact in 64 bits: beyond that, division by zero and results that are no number are errors. Throws
/// ExpressionError.
Value evaluate(std::string_view expression, const Lookup& lookup);

}  // namespace assay
