#include "runner/prepare/streaming.h"

#include <algorithm>

#include "core/error.h"

namespace assay::preparing {
namespace {

constexpr std::int64_t read_at_start = std::int64_t{1} << 30;

bool lies_in_memory(const Dataset& dataset) {
  const DatasetFacts& facts = dataset.facts();
  return std::all_of(facts.inputs.begin(), facts.inputs.end(), [&](const std::string& name) {
    return dataset.column(dataset.index_of(name)).has_value();
  });
}

}  // namespace

std::int64_t bytes_of(const Shape& shape) {
  return element_count(shape.sizes) * static_cast<std::int64_t>(size_of(shape.dtype));
}

std::int64_t row_bytes(const std::vector<Shape>& read_shapes) {
  std::int64_t bytes = 0;
  for (const Shape& shape : read_shapes) bytes += bytes_of(shape);
  return bytes;
}

bool is_streamed(const std::string& in_memory, const Dataset& dataset, const std::vector<Shape>& read_shapes,
                 std::optional<std::int64_t> available) {
  if (in_memory != "auto") return in_memory == "never";
  const std::int64_t bytes = dataset.facts().rows * row_bytes(read_shapes);
  if (available && bytes > *available / 2) return true;
  return bytes > read_at_start && !lies_in_memory(dataset);
}

std::int64_t read_ahead_bytes(const Experiment& experiment, const Prepared& prepared) {
  const DatasetCommon& common = experiment.dataset.shared();
  const std::int64_t row = row_bytes(prepared.read_shapes);
  std::int64_t raw_row = 0;  // with one more copy of what transforms make of it
  for (const NamedShape& input : prepared.facts.inputs) {
    const ColumnInfo& info = prepared.dataset->facts().columns[prepared.dataset->index_of(input.name)];
    raw_row += bytes_of({info.shape, info.dtype});
  }
  const auto of_split = [&](std::size_t rows, std::int64_t batch_size) {
    const std::int64_t batch = std::min(batch_size, static_cast<std::int64_t>(rows));
    return batch * ((common.prefetch + 1) * row + common.workers * (raw_row + row));
  };
  const SplitRows& rows = prepared.rows;
  return of_split(rows.train.size(), experiment.train.batch_size) +
         of_split(rows.valid.size(), experiment.evaluate.batch_size) +
         of_split(rows.test.size(), experiment.evaluate.batch_size);
}

}  // namespace assay::preparing
