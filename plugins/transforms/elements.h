// Reads the elements of a block as doubles, whatever their dtype, with the dtype looked at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/array.h"

namespace assay::transforms {

template <class T, class F>
void for_each_typed(const ArrayView& block, F&& f) {
  const T* values = block.as<T>();
  const std::int64_t n = block.count();
  for (std::int64_t i = 0; i < n; ++i) f(i, static_cast<double>(values[i]));
}

/// Calls f(i, value) for every element, in order.
template <class F>
void for_each_element(const ArrayView& block, F&& f) {
  switch (block.dtype) {
    case Dtype::u8:
      return for_each_typed<std::uint8_t>(block, f);
    case Dtype::i8:
      return for_each_typed<std::int8_t>(block, f);
    case Dtype::i16:
      return for_each_typed<std::int16_t>(block, f);
    case Dtype::i32:
      return for_each_typed<std::int32_t>(block, f);
    case Dtype::i64:
      return for_each_typed<std::int64_t>(block, f);
    case Dtype::f32:
      return for_each_typed<float>(block, f);
    case Dtype::f64:
      return for_each_typed<double>(block, f);
    case Dtype::boolean:
    case Dtype::f16:
    case Dtype::bf16:
      break;
  }
  const std::int64_t n = block.count();
  for (std::int64_t i = 0; i < n; ++i) f(i, element(block, i));
}

/// A new f32 block of the same shape with f(i, value) for every element.
template <class F>
Array map_elements(const ArrayView& block, F&& f) {
  Array out(Dtype::f32, block.shape);
  float* values = out.as<float>();
  for_each_element(block, [&](std::int64_t i, double value) { values[i] = static_cast<float>(f(i, value)); });
  return out;
}

/// Calls f(group, value) for every element of a block whose samples have these groups, in order.
template <class F>
void for_each_in_group(const ArrayView& block, const std::vector<std::size_t>& groups, F&& f) {
  std::size_t at = 0;
  for_each_element(block, [&](std::int64_t, double value) {
    f(groups[at], value);
    if (++at == groups.size()) at = 0;
  });
}

/// A new f32 block of the same shape with f(group, value) for every element.
template <class F>
Array map_in_groups(const ArrayView& block, const std::vector<std::size_t>& groups, F&& f) {
  std::size_t at = 0;
  return map_elements(block, [&](std::int64_t, double value) {
    const std::size_t group = groups[at];
    if (++at == groups.size()) at = 0;
    return f(group, value);
  });
}

}  // namespace assay::transforms
