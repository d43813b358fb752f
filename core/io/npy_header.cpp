#include "core/io/npy_header.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_dimensions = 8;
constexpr std::size_t alignment = 64;

struct TypeName {
  std::string_view name;
  Dtype dtype;
};

constexpr std::array<TypeName, 10> known_types = {{{"|b1", Dtype::boolean},
                                                   {"|u1", Dtype::u8},
                                                   {"|i1", Dtype::i8},
                                                   {"<i2", Dtype::i16},
                                                   {"<i4", Dtype::i32},
                                                   {"<i8", Dtype::i64},
                                                   {"<f2", Dtype::f16},
                                                   {"<f4", Dtype::f32},
                                                   {"<f8", Dtype::f64},
                                                   {"<V2", Dtype::bf16}}};

[[noreturn]] void fail(const std::string& name, std::string message,
                       std::string hint = "get the file again") {
  throw Error(Kind::data, Problem{Where::path(name), {}, std::move(message), std::move(hint)});
}

std::optional<Dtype> find_dtype(std::string_view type, NpyTypes types) {
  const bool is_bf16 = type == "<V2" || type == "|V2";
  if (is_bf16) return types == NpyTypes::with_bf16 ? std::optional(Dtype::bf16) : std::nullopt;
  const auto* found = std::ranges::find(known_types, type, &TypeName::name);
  if (found == known_types.end()) return std::nullopt;
  return found->dtype;
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

struct Found {
  std::string_view text;
  std::size_t end;
};

Found find_header(std::string_view bytes, const std::string& name) {
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
  return {bytes.substr(start, length), start + length};
}

}  // namespace

NpyHeader read_npy_header(std::string_view bytes, const std::string& name, NpyTypes types) {
  const Found found = find_header(bytes, name);
  const auto descr = find_value(found.text, "descr", ",");
  const auto order = find_value(found.text, "fortran_order", ",");
  const auto tuple = find_value(found.text, "shape", ")");
  auto shape = tuple ? parse_shape(*tuple) : std::nullopt;
  if (!descr || !order || !shape) fail(name, "the file's header is no NumPy header");
  const std::string type = descr->size() > 2 ? std::string(descr->substr(1, descr->size() - 2)) : "";
  if (type.find('O') != std::string::npos) {
    fail(name, "the file holds Python objects, which are never loaded", "save an array of numbers");
  }
  const auto dtype = find_dtype(type, types);
  if (!dtype) {
    fail(name, text("the file holds values of type ", printable(*descr)),
         "save it as one of bool, uint8, int8, int16, int32, int64, float16, float32, float64");
  }
  return {*dtype, *std::move(shape), *order != "False", found.end};
}

std::string npy_header(Dtype dtype, const std::vector<std::int64_t>& shape) {
  const auto* type = std::ranges::find(known_types, dtype, &TypeName::dtype);
  std::string tuple;
  for (const std::int64_t size : shape) tuple += text(size, ", ");
  if (shape.size() > 1) tuple.resize(tuple.size() - 2);
  if (shape.size() == 1) tuple.resize(tuple.size() - 1);
  std::string header =
      text("{'descr': '", type->name, "', 'fortran_order': False, 'shape': (", tuple, "), }");
  constexpr std::size_t head_bytes = 10;
  const std::size_t whole = (head_bytes + header.size() + 1 + alignment - 1) / alignment * alignment;
  header.append(whole - head_bytes - header.size() - 1, ' ');
  header += '\n';
  std::string out(magic);
  out += '\1';
  out += '\0';
  out += static_cast<char>(header.size() & 0xFFU);
  out += static_cast<char>(header.size() >> 8U & 0xFFU);
  return out + header;
}

}  // namespace assay
