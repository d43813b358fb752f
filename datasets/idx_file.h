// The IDX format, in which MNIST and its kin are published: two zero bytes, a type, the number of dimensions,
// each dimension as 4 bytes, then the values; everything big-endian. Source: LeCun, Cortes and Burges, "The
// MNIST database", section "File formats".
#pragma once

#include <string>
#include <string_view>

#include "core/array.h"

namespace assay::datasets {

/// The array in an IDX file of any type (u8, i8, i16, i32, f32, f64). `name` is the file's, for messages.
/// Throws Kind::data: another kind of file, truncated, or longer than its header says.
Array read_idx(std::string_view bytes, const std::string& name);

}  // namespace assay::datasets
