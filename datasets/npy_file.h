// NumPy's file format for one array. Source: NumPy Enhancement Proposal 1, and numpy.lib.format, versions 1
// to 3.
#pragma once

#include <string>
#include <string_view>

#include "core/array.h"

namespace assay::datasets {

/// The array in a .npy file, of little-endian numbers or booleans, in C order. `name` is the file's, for
/// messages. Throws Kind::data: another kind of file, Python objects (which are never loaded), another type
/// or order, or not as long as its header says.
Array read_npy(std::string_view bytes, const std::string& name);

}  // namespace assay::datasets
