#include "runner/convert/layout.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace assay::convert {

NamedTensor transposed(const NamedTensor& matrix) {
  ASSAY_ASSERT(matrix.shape.size() == 2);
  return {matrix.name, matrix.dtype, {matrix.shape[1], matrix.shape[0]}, [matrix](const ByteSink& sink) {
            const Array in = read(matrix);
            const auto rows = static_cast<std::size_t>(matrix.shape[0]);
            const auto columns = static_cast<std::size_t>(matrix.shape[1]);
            const std::size_t item = size_of(matrix.dtype);
            Array out(matrix.dtype, {matrix.shape[1], matrix.shape[0]});
            for (std::size_t row = 0; row < rows; ++row) {
              for (std::size_t column = 0; column < columns; ++column) {
                std::memcpy(out.data() + (column * rows + row) * item,
                            in.data() + (row * columns + column) * item, item);
              }
            }
            sink({reinterpret_cast<const char*>(out.data()), out.bytes()});
          }};
}

NamedTensor joined(std::vector<NamedTensor> parts) {
  ASSAY_ASSERT(!parts.empty());
  NamedTensor whole{parts[0].name, parts[0].dtype, parts[0].shape, {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    ASSAY_ASSERT(parts[i].dtype == whole.dtype);
    whole.shape[0] += parts[i].shape[0];
  }
  whole.stream = [parts = std::move(parts)](const ByteSink& sink) {
    for (const NamedTensor& part : parts) part.stream(sink);
  };
  return whole;
}

NamedTensor part_of(const NamedTensor& whole, std::int64_t part, std::int64_t parts) {
  ASSAY_ASSERT(!whole.shape.empty() && whole.shape[0] % parts == 0);
  NamedTensor out{whole.name, whole.dtype, whole.shape, {}};
  out.shape[0] /= parts;
  const std::uint64_t begin = out.bytes() * static_cast<std::uint64_t>(part), end = begin + out.bytes();
  out.stream = [begin, end, stream = whole.stream](const ByteSink& sink) {
    std::uint64_t at = 0;
    stream([&](std::string_view bytes) {
      const std::uint64_t from = std::clamp(begin, at, at + bytes.size());
      const std::uint64_t to = std::clamp(end, at, at + bytes.size());
      if (from < to) sink(bytes.substr(from - at, to - from));
      at += bytes.size();
    });
  };
  return out;
}

}  // namespace assay::convert
