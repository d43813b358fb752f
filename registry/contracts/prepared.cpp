#include "registry/contracts/prepared.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ranges>
#include <utility>

#include "core/text.h"

namespace assay {
namespace {

std::size_t bytes_of(const Shape& shape) {
  return static_cast<std::size_t>(element_count(shape.sizes)) * size_of(shape.dtype);
}

std::vector<std::int64_t> with_rows(std::int64_t rows, const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> shape = {rows};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  return shape;
}

void copy_rows(const Array& column, std::size_t row_bytes, std::span<const std::int64_t> rows,
               std::byte* out) {
  for (const std::int64_t row : rows) {
    std::memcpy(out, column.data() + static_cast<std::size_t>(row) * row_bytes, row_bytes);
    out += row_bytes;
  }
}

// What models take of small integers, booleans and doubles.
void copy_as_f32(const ArrayView& values, std::byte* out) {
  if (values.dtype == Dtype::f32) {
    std::memcpy(out, values.data, values.bytes());
    return;
  }
  auto* to = reinterpret_cast<float*>(out);
  const std::int64_t count = values.count();
  if (values.dtype == Dtype::u8) {
    std::transform(values.as<std::uint8_t>(), values.as<std::uint8_t>() + count, to,
                   [](std::uint8_t value) { return static_cast<float>(value); });
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(element(values, i));
}

// values [rows.size(), ...], as read.
void check_finite(const float* values, std::int64_t row_size, std::span<const std::int64_t> rows,
                  std::string_view column) {
  const float* end = values + std::ssize(rows) * row_size;
  const float* odd = std::find_if(values, end, [](float value) { return !std::isfinite(value); });
  if (odd == end) return;
  const std::int64_t place = odd - values;
  throw Error(Kind::data,
              text("the data holds ", *odd, " in row ", rows[static_cast<std::size_t>(place / row_size)],
                   " (from 0), column '", column, "', value ", place % row_size, ", after its transforms"),
              "correct or remove the row");
}

}  // namespace

void Prepared::read_input(std::size_t input, std::span<const std::int64_t> row_numbers,
                          std::byte* out) const {
  const Shape& shape = read_shapes.at(input);
  const std::size_t row_bytes = bytes_of(shape);
  if (!is_streamed) return copy_rows(inputs.at(input), row_bytes, row_numbers, out);

  const std::size_t column = dataset->index_of(facts.inputs.at(input).name);
  const ColumnInfo& info = dataset->facts().columns[column];
  if (transforms.empty() && info.dtype == shape.dtype) {
    dataset->gather(column, row_numbers, out);
  } else {
    Array block(info.dtype, with_rows(std::ssize(row_numbers), info.shape));
    dataset->gather(column, row_numbers, block.data());
    for (const auto& transform : transforms) block = transform->apply(block);
    ASSAY_ASSERT(block.count() == std::ssize(row_numbers) * element_count(shape.sizes));
    if (block.dtype() == shape.dtype) {
      std::memcpy(out, block.data(), block.bytes());
    } else {
      copy_as_f32(block, out);
    }
  }
  if (shape.dtype == Dtype::f32) {
    check_finite(reinterpret_cast<const float*>(out), element_count(shape.sizes), row_numbers, info.name);
  }
}

Array Prepared::invert_targets(const ArrayView& values) const {
  Array out = Array::copy_of(values);
  for (const auto& transform : std::views::reverse(targets)) out = transform->invert(out);
  return out;
}

std::int64_t MemoryEstimate::total() const {
  return program + data + parameters + gradients + optimizer_state + activations + checkpoint;
}

std::int64_t steps_per_epoch(const Prepared& prepared, std::int64_t batch_size, bool drop_last) {
  ASSAY_ASSERT(batch_size > 0);
  const auto rows = static_cast<std::int64_t>(prepared.rows.train.size());
  return drop_last ? rows / batch_size : (rows + batch_size - 1) / batch_size;
}

}  // namespace assay
