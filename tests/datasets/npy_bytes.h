// Files as numpy.save writes them, for tests.
#pragma once

#include <string>
#include <string_view>

#include "core/array.h"

namespace assay::testing {

/// Version 1.0, with the values of an array of any type.
inline std::string npy_bytes(std::string_view descr, std::string_view shape, const Array& values,
                             std::string_view order = "False") {
  std::string header = "{'descr': '" + std::string(descr) + "', 'fortran_order': " + std::string(order) +
                       ", 'shape': " + std::string(shape) + ", }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string out = "\x93NUMPY";
  out += {'\1', '\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  out += header;
  return out.append(reinterpret_cast<const char*>(values.data()), values.bytes());
}

}  // namespace assay::testing
