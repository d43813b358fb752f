// Numbers in memory, without LibTorch: what data sets hand over and what the record stores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace assay {

enum class Dtype : unsigned char { boolean, u8, i8, i16, i32, i64, f16, bf16, f32, f64 };

std::size_t size_of(Dtype dtype);
std::string_view to_string(Dtype dtype);  // "f32"

template <class T>
constexpr Dtype dtype_of();
template <>
constexpr Dtype dtype_of<bool>() {
  return Dtype::boolean;
}
template <>
constexpr Dtype dtype_of<std::uint8_t>() {
  return Dtype::u8;
}
template <>
constexpr Dtype dtype_of<std::int8_t>() {
  return Dtype::i8;
}
template <>
constexpr Dtype dtype_of<std::int16_t>() {
  return Dtype::i16;
}
template <>
constexpr Dtype dtype_of<std::int32_t>() {
  return Dtype::i32;
}
template <>
constexpr Dtype dtype_of<std::int64_t>() {
  return Dtype::i64;
}
template <>
constexpr Dtype dtype_of<float>() {
  return Dtype::f32;
}
template <>
constexpr Dtype dtype_of<double>() {
  return Dtype::f64;
}

/// The number of elements; 1 for a scalar's empty shape.
std::int64_t element_count(const std::vector<std::int64_t>& shape);

/// Contiguous, row-major, native byte order (little-endian on every supported machine). Does not own its
/// bytes.
struct ArrayView {
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
  const std::byte* data = nullptr;

  std::int64_t count() const { return element_count(shape); }
  std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(dtype); }
  /// The elements as T. T must be the dtype's type.
  template <class T>
  const T* as() const {
    return reinterpret_cast<const T*>(data);
  }
};

/// The same, owning its bytes; copies share them. 64-byte aligned.
class Array {
 public:
  Array() = default;
  /// Uninitialised. Throws Kind::data if the size overflows or memory is short.
  Array(Dtype dtype, std::vector<std::int64_t> shape);
  static Array copy_of(const ArrayView& view);
  template <class T>
  static Array of(const std::vector<T>& values) {
    const auto* data = reinterpret_cast<const std::byte*>(values.data());
    return copy_of({dtype_of<T>(), {static_cast<std::int64_t>(values.size())}, data});
  }

  Dtype dtype() const { return dtype_; }
  const std::vector<std::int64_t>& shape() const { return shape_; }
  std::int64_t count() const { return element_count(shape_); }
  std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(dtype_); }
  const std::byte* data() const { return data_.get(); }
  std::byte* data() { return data_.get(); }
  template <class T>
  const T* as() const {
    return reinterpret_cast<const T*>(data_.get());
  }
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(data_.get());
  }
  ArrayView view() const { return {dtype_, shape_, data_.get()}; }
  operator ArrayView() const { return view(); }
  /// Same bytes, other shape of the same count.
  Array reshaped(std::vector<std::int64_t> shape) const;

 private:
  Dtype dtype_ = Dtype::f32;
  std::vector<std::int64_t> shape_;
  std::shared_ptr<std::byte> data_;
};

/// Reads element i of any dtype as a double (bf16 and f16 included).
double element(const ArrayView& view, std::int64_t i);

}  // namespace assay
