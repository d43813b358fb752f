// A curve in one line of text, for tables.
#pragma once

#include <span>
#include <string>

namespace assay::report {

/// At most `columns` characters, from the least to the most value: each the mean of its part of `values`;
/// what is not finite is an `x`. Blocks of eighths where the terminal shows UTF-8, else digits 0 to 7. Empty
/// for fewer than two values. columns > 0.
std::string sparkline(std::span<const double> values, int columns, bool is_utf8);

}  // namespace assay::report
