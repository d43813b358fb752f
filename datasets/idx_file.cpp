#include "datasets/idx_file.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/text.h"
#include "datasets/files.h"

namespace assay::datasets {
namespace {

constexpr std::size_t max_dimensions = 8;

std::optional<Dtype> find_dtype(unsigned char code) {
  switch (code) {
    case 0x08:
      return Dtype::u8;
    case 0x09:
      return Dtype::i8;
    case 0x0B:
      return Dtype::i16;
    case 0x0C:
      return Dtype::i32;
    case 0x0D:
      return Dtype::f32;
    case 0x0E:
      return Dtype::f64;
    default:
      return std::nullopt;
  }
}

std::string hex_text(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (!out.empty()) out += ' ';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::int64_t big_endian(std::string_view bytes) {
  std::int64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

void swap_bytes(Array& array) {
  const std::size_t size = size_of(array.dtype());
  if (size == 1) return;
  std::byte* const end = array.data() + array.bytes();
  for (std::byte* value = array.data(); value != end; value += size) std::reverse(value, value + size);
}

[[noreturn]] void fail(const std::string& name, std::string message, std::string hint = {}) {
  throw Error(Kind::data, problem_in(name, std::move(message), std::move(hint)));
}

// Bytes that the header promises; an overflow counts as more than any file has.
}  // namespace

Array read_idx(std::string_view bytes, const std::string& name) {
  if (bytes.size() < 4) {
    fail(name, text("the file is too short for IDX data: ", count_text(std::ssize(bytes), "byte")),
         "is it the right file, and complete?");
  }
  const auto dtype = find_dtype(static_cast<unsigned char>(bytes[2]));
  const std::size_t n_dimensions = static_cast<unsigned char>(bytes[3]);
  if (bytes[0] != 0 || bytes[1] != 0 || !dtype || n_dimensions == 0 || n_dimensions > max_dimensions) {
    fail(name, text("the file holds no IDX data: it begins with ", hex_text(bytes.substr(0, 4))),
         "IDX data begins with 00 00, a type from 08 to 0e and the number of dimensions, as 00 00 08 03 for "
         "images");
  }
  const std::size_t header = 4 + 4 * n_dimensions;
  if (bytes.size() < header) fail(name, "the file is truncated: it ends within its IDX header");

  std::vector<std::int64_t> shape;
  for (std::size_t i = 0; i < n_dimensions; ++i) shape.push_back(big_endian(bytes.substr(4 + 4 * i, 4)));
  const std::size_t promised = promised_bytes(*dtype, shape);
  const std::string_view values = bytes.substr(header);
  if (values.size() != promised) {
    fail(name,
         text(values.size() < promised ? "the file is truncated" : "the file is longer than its header says",
              ": values of shape ", shape_text(shape), ' ', to_string(*dtype), " take ", promised,
              " bytes, there are ", values.size()),
         "get the file again");
  }
  Array array(*dtype, std::move(shape));
  if (!values.empty()) std::memcpy(array.data(), values.data(), values.size());
  swap_bytes(array);
  return array;
}

}  // namespace assay::datasets
