#include "core/array.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <new>

#include "core/error.h"
#include "core/text.h"

namespace assay {

std::size_t size_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::boolean:
    case Dtype::u8:
    case Dtype::i8:
      return 1;
    case Dtype::i16:
    case Dtype::f16:
    case Dtype::bf16:
      return 2;
    case Dtype::i32:
    case Dtype::f32:
      return 4;
    case Dtype::i64:
    case Dtype::f64:
      return 8;
  }
  return 0;
}

std::string_view to_string(Dtype dtype) {
  switch (dtype) {
    case Dtype::boolean:
      return "bool";
    case Dtype::u8:
      return "u8";
    case Dtype::i8:
      return "i8";
    case Dtype::i16:
      return "i16";
    case Dtype::i32:
      return "i32";
    case Dtype::i64:
      return "i64";
    case Dtype::f16:
      return "f16";
    case Dtype::bf16:
      return "bf16";
    case Dtype::f32:
      return "f32";
    case Dtype::f64:
      return "f64";
  }
  return "?";
}

std::int64_t element_count(const std::vector<std::int64_t>& shape) {
  // More than any machine holds is that much: sums of counts and their bytes must not overflow.
  constexpr std::int64_t most = std::int64_t{1} << 52U;
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count = size > 0 && count > most / size ? most : count * size;
  return count;
}

namespace {

constexpr std::align_val_t alignment{64};

std::size_t checked_bytes(Dtype dtype, const std::vector<std::int64_t>& shape) {
  std::size_t bytes = size_of(dtype);
  for (const std::int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, static_cast<std::size_t>(size), &bytes)) {
      throw Error(Kind::data, text("an array of shape ", shape_text(shape), " is too large"));
    }
  }
  return bytes;
}

}  // namespace

Array::Array(Dtype dtype, std::vector<std::int64_t> shape) : dtype_(dtype), shape_(std::move(shape)) {
  const std::size_t bytes = checked_bytes(dtype_, shape_);
  auto* raw = static_cast<std::byte*>(::operator new(bytes == 0 ? 1 : bytes, alignment, std::nothrow));
  if (!raw) {
    throw Error(Kind::data, text("not enough memory for an array of shape ", shape_text(shape_), " (",
                                 bytes_text(bytes), ")"));
  }
  data_ = std::shared_ptr<std::byte>(raw, [](std::byte* p) { ::operator delete(p, alignment); });
}

Array Array::copy_of(const ArrayView& view) {
  Array array(view.dtype, view.shape);
  if (view.bytes() > 0) std::memcpy(array.data(), view.data, view.bytes());
  return array;
}

Array Array::reshaped(std::vector<std::int64_t> shape) const {
  ASSAY_ASSERT(element_count(shape) == count());
  Array array = *this;
  array.shape_ = std::move(shape);
  return array;
}

double element(const ArrayView& view, std::int64_t i) {
  switch (view.dtype) {
    case Dtype::boolean:
      return view.as<std::uint8_t>()[i] != 0 ? 1 : 0;
    case Dtype::u8:
      return view.as<std::uint8_t>()[i];
    case Dtype::i8:
      return view.as<std::int8_t>()[i];
    case Dtype::i16:
      return view.as<std::int16_t>()[i];
    case Dtype::i32:
      return view.as<std::int32_t>()[i];
    case Dtype::i64:
      return static_cast<double>(view.as<std::int64_t>()[i]);
    case Dtype::f32:
      return view.as<float>()[i];
    case Dtype::f64:
      return view.as<double>()[i];
    case Dtype::bf16: {
      const std::uint32_t bits = static_cast<std::uint32_t>(view.as<std::uint16_t>()[i]) << 16;
      return std::bit_cast<float>(bits);
    }
    case Dtype::f16: {
      const std::uint16_t bits = view.as<std::uint16_t>()[i];
      const double sign = bits >> 15 ? -1.0 : 1.0;
      const int exponent = (bits >> 10) & 31;
      const int mantissa = bits & 1023;
      if (exponent == 31) return mantissa ? std::nan("") : sign * INFINITY;
      if (exponent == 0) return sign * std::ldexp(mantissa, -24);
      return sign * std::ldexp(1024 + mantissa, exponent - 25);
    }
  }
  return 0;
}

}  // namespace assay
