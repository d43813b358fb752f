#include "datasets/npy_file.h"

#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "core/text.h"
#include "datasets/files.h"

namespace assay::datasets {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_dimensions = 8;

[[noreturn]] void fail(const std::string& name, std::string message,
                       std::string hint = "get the file again") {
  throw Error(Kind::data, problem_in(name, std::move(message), std::move(hint)));
}

std::optional<Dtype> find_dtype(std::string_view descr) {
  constexpr std::array<std::pair<std::string_view, Dtype>, 9> known = {{{"|b1", Dtype::boolean},
                                                                        {"|u1", Dtype::u8},
                                                                        {"|i1", Dtype::i8},
                                                                        {"<i2", Dtype::i16},
                                                                        {"<i4", Dtype::i32},
                                                                        {"<i8", Dtype::i64},
                                                                        {"<f2", Dtype::f16},
                                                                        {"<f4", Dtype::f32},
                                                                        {"<f8", Dtype::f64}}};
  for (const auto& [word, dtype] : known) {
    if (descr == word) return dtype;
  }
  return std::nullopt;
}

// What stands behind 'key': in a Python dictionary of literals, up to `end`; nothing if it is not there.
std::optional<std::string_view> find_value(std::string_view header, std::string_view key,
                                           std::string_view end) {
  const std::size_t at = header.find(text('\'', key, "':"));
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = trim(header.substr(at + key.size() + 3));
  const std::size_t stop = rest.find(end, 1);
  if (stop == std::string_view::npos) return std::nullopt;
  return trim(rest.substr(0, stop));
}

std::optional<std::vector<std::int64_t>> parse_shape(std::string_view tuple) {
  if (!tuple.starts_with('(')) return std::nullopt;
  std::vector<std::int64_t> shape;
  for (const std::string& part : split(tuple.substr(1), ',')) {
    const std::string_view word = trim(part);
    if (word.empty()) continue;  // behind the last comma
    const auto size = parse_integer(word);
    if (!size || *size < 0 || shape.size() == max_dimensions) return std::nullopt;
    shape.push_back(*size);
  }
  return shape;
}

// Bytes that the header promises; an overflow counts as more than any file has.
std::size_t promised_bytes(Dtype dtype, const std::vector<std::int64_t>& shape) {
  std::size_t bytes = size_of(dtype);
  for (const std::int64_t size : shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(size), &bytes)) return SIZE_MAX;
  }
  return bytes;
}

struct Parts {
  std::string_view header;
  std::string_view values;
};

Parts parts_of(std::string_view bytes, const std::string& name) {
  if (!bytes.starts_with(magic)) {
    fail(name, "the file holds no NumPy array: it does not begin with \\x93NUMPY", "save it by numpy.save");
  }
  if (bytes.size() < 12) fail(name, "the file is truncated: it ends within its header");
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
  };
  const bool is_first = byte(6) == 1;
  if (byte(6) < 1 || byte(6) > 3) {
    fail(name, text("the file is of version ", byte(6), " of NumPy's format"), "versions 1 to 3 can be read");
  }
  const std::size_t start = is_first ? 10 : 12;
  std::size_t length = byte(8) | byte(9) << 8U;
  if (!is_first) length |= byte(10) << 16U | byte(11) << 24U;
  if (bytes.size() - start < length) fail(name, "the file is truncated: it ends within its header");
  return {bytes.substr(start, length), bytes.substr(start + length)};
}

}  // namespace

Array read_npy(std::string_view bytes, const std::string& name) {
  const Parts parts = parts_of(bytes, name);
  const auto descr = find_value(parts.header, "descr", ",");
  const auto order = find_value(parts.header, "fortran_order", ",");
  const auto tuple = find_value(parts.header, "shape", ")");
  auto shape = tuple ? parse_shape(*tuple) : std::nullopt;
  if (!descr || !order || !shape) fail(name, "the file's header is no NumPy header");
  const std::string type = descr->size() > 2 ? std::string(descr->substr(1, descr->size() - 2)) : "";
  if (type.find('O') != std::string::npos) {
    fail(name, "the file holds Python objects, which are never loaded", "save an array of numbers");
  }
  const auto dtype = find_dtype(type);
  if (!dtype) {
    fail(name, text("the file holds values of type ", printable(*descr)),
         "save it as one of bool, uint8, int8, int16, int32, int64, float16, float32, float64");
  }
  if (*order != "False") {
    fail(name, "the array is in Fortran order",
         "save it by numpy.save(file, numpy.ascontiguousarray(array))");
  }
  const std::size_t promised = promised_bytes(*dtype, *shape);
  if (parts.values.size() != promised) {
    fail(name, text(parts.values.size() < promised ? "the file is truncated"
                                                   : "the file is longer than its header says",
                    ": values of shape ", shape_text(*shape), ' ', to_string(*dtype), " take ", promised,
                    " bytes, there are ", parts.values.size()));
  }
  Array array(*dtype, *std::move(shape));
  if (promised > 0) std::memcpy(array.data(), parts.values.data(), promised);
  return array;
}

}  // namespace assay::datasets
