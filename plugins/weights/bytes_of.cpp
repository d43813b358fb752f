#include "plugins/weights/bytes_of.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace assay::weights {
namespace {

constexpr std::uint64_t piece_bytes = 1U
                                      << 20U;  // so that it is still in the core's cache when it is written

}  // namespace

void refuse(const std::string& path, std::string message, std::string hint) {
  throw Error(Kind::data, Problem{Where::path(path), {}, std::move(message), std::move(hint)});
}

std::optional<std::uint64_t> checked_bytes(Dtype dtype, const std::vector<std::int64_t>& shape) {
  std::uint64_t bytes = size_of(dtype);
  for (const std::int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes)) return {};
  }
  return bytes;
}

NamedTensor tensor_in(std::shared_ptr<const MappedFile> file, std::uint64_t offset, std::string name,
                      Dtype dtype, std::vector<std::int64_t> shape) {
  NamedTensor tensor{std::move(name), dtype, std::move(shape), {}};
  // A copy of a piece at a time, not the mapping: a file that becomes shorter meanwhile is an error, not a
  // signal.
  tensor.stream = [file = std::move(file), offset, bytes = tensor.bytes()](const ByteSink& sink) {
    std::vector<std::byte> piece(std::min(bytes, piece_bytes));
    for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
      const std::size_t size = std::min<std::uint64_t>(piece.size(), bytes - at);
      file->read_at(offset + at, piece.data(), size);
      sink({reinterpret_cast<const char*>(piece.data()), size});
    }
  };
  return tensor;
}

std::vector<std::int64_t> row_major_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * std::max<std::int64_t>(shape[axis], 1);
  }
  return strides;
}

Array gathered(const std::byte* storage, Dtype dtype, const std::vector<std::int64_t>& shape,
               const std::vector<std::int64_t>& strides) {
  Array out(dtype, shape);
  const std::size_t item = size_of(dtype);
  std::vector<std::int64_t> place(shape.size(), 0);
  std::byte* to = out.data();
  for (std::int64_t left = out.count(); left > 0; --left, to += item) {
    std::int64_t at = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) at += place[axis] * strides[axis];
    std::memcpy(to, storage + static_cast<std::size_t>(at) * item, item);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++place[axis] < shape[axis]) break;
      place[axis] = 0;
    }
  }
  return out;
}

}  // namespace assay::weights
