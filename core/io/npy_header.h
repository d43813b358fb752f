// The header of NumPy's file format for one array. Source: NumPy Enhancement Proposal 1, and
// numpy.lib.format, versions 1 to 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"

namespace assay {

struct NpyHeader {
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
  bool is_fortran = false;  // the first axis moves fastest
  std::size_t begins = 0;   // where the values do, within the file
};

/// Whether types that are only bytes to NumPy are known: `V2` is what it makes of bfloat16.
enum class NpyTypes { plain, with_bf16 };

/// Reads the beginning of a file, of which `bytes` must hold the header. `name` is the file's, for messages.
/// Throws Kind::data: another kind of file, Python objects (which are never loaded), another type.
NpyHeader read_npy_header(std::string_view bytes, const std::string& name, NpyTypes types = NpyTypes::plain);

/// The header of an array in row-major order, of a multiple of 64 bytes.
std::string npy_header(Dtype dtype, const std::vector<std::int64_t>& shape);

/// Headers that numpy writes are not longer.
constexpr std::size_t longest_npy_header = 65535 + 12;

}  // namespace assay
