#include "runner/prepare/columns.h"

#include <algorithm>
#include <any>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include "core/text.h"

namespace assay::preparing {
namespace {

// A block is large enough to keep loops busy and small enough to stay in a cache or two.
constexpr std::size_t block_bytes = std::size_t{4} << 20U;

std::vector<std::int64_t> with_rows(std::int64_t rows, const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> shape = {rows};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  return shape;
}

// Calls f(first, block) with successive blocks of `rows` after the transforms.
void for_each_block(const Dataset& dataset, std::size_t column, std::span<const std::int64_t> rows,
                    std::span<const std::unique_ptr<Transform>> transforms,
                    const std::function<void(std::size_t first, const Array& block)>& f) {
  const Shape shape = row_shape(dataset, column);
  const std::size_t row_bytes = static_cast<std::size_t>(element_count(shape.sizes)) * size_of(shape.dtype);
  const std::size_t block_rows = std::max<std::size_t>(1, block_bytes / std::max<std::size_t>(1, row_bytes));
  for (std::size_t first = 0; first < rows.size(); first += block_rows) {
    const std::span<const std::int64_t> some = rows.subspan(first, std::min(block_rows, rows.size() - first));
    Array block(shape.dtype, with_rows(std::ssize(some), shape.sizes));
    dataset.gather(column, some, block.data());
    for (const auto& transform : transforms) block = transform->apply(block);
    f(first, block);
  }
}

}  // namespace

Shape row_shape(const Dataset& dataset, std::size_t column) {
  const ColumnInfo& info = dataset.facts().columns[column];
  return {info.shape, info.dtype};
}

void at_slot(const SlotBase& slot, const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      if (!problem.where.is_known()) problem.where = slot.where();
      if (problem.path.empty() && problem.where.kind != Where::Kind::file) problem.path = slot.path();
    }
    throw Error(error.kind(), std::move(problems));
  }
}

Transforms fit_transforms(const std::vector<Slot<Transform>>& slots, const Implementations& parts,
                          const Dataset& dataset, std::size_t column, const std::vector<std::int64_t>& train,
                          Shape& output) {
  Transforms fitted;
  output = row_shape(dataset, column);
  for (const Slot<Transform>& slot : slots) {
    at_slot(slot, [&] {
      std::unique_ptr<Transform> transform = parts.build(slot, {});
      output = transform->output(output);
      transform->fit([&](const std::function<void(const ArrayView& block)>& take) {
        for_each_block(dataset, column, train, fitted, [&](std::size_t, const Array& block) { take(block); });
      });
      fitted.push_back(std::move(transform));
    });
  }
  return fitted;
}

Transforms load_transforms(const std::vector<Slot<Transform>>& slots, const Implementations& parts,
                           const StateReader& in, const Shape& input, Shape& output) {
  Transforms loaded;
  output = input;
  for (const Slot<Transform>& slot : slots) {
    at_slot(slot, [&] {
      std::unique_ptr<Transform> transform = parts.build(slot, {});
      output = transform->output(output);
      transform->load(in.scope(text(loaded.size())));
      loaded.push_back(std::move(transform));
    });
  }
  return loaded;
}

Shape augmented_shape(const std::vector<Slot<Augmentation>>& slots, Shape shape) {
  for (const Slot<Augmentation>& slot : slots) {
    const auto* facet = std::any_cast<AugmentationFacet>(&slot.component().facet);
    ASSAY_ASSERT(facet != nullptr);
    try {
      shape = facet->outline(slot.params(), shape);
    } catch (const Error& error) {
      std::vector<Problem> problems = error.problems();
      for (Problem& problem : problems) {
        problem.where = slot.where();
        problem.path = slot.path();
        problem.message = text('(', slot.name(), ") ", problem.message);
      }
      throw Error(error.kind(), std::move(problems));
    }
  }
  return shape;
}

Array transformed_column(const Dataset& dataset, std::size_t column, const Transforms& transforms,
                         const Shape& output) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(dataset.facts().rows));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  Array out(output.dtype, with_rows(dataset.facts().rows, output.sizes));
  const std::size_t row_bytes = static_cast<std::size_t>(element_count(output.sizes)) * size_of(output.dtype);
  for_each_block(dataset, column, all, transforms, [&](std::size_t first, const Array& block) {
    const Shape shape{{block.shape().begin() + 1, block.shape().end()}, block.dtype()};
    ASSAY_ASSERT(shape == output);
    std::memcpy(out.data() + first * row_bytes, block.data(), block.bytes());
  });
  return out;
}

Array as_f32(const ArrayView& values) {
  Array out(Dtype::f32, values.shape);
  for (std::int64_t i = 0; i < out.count(); ++i) out.as<float>()[i] = static_cast<float>(element(values, i));
  return out;
}

Array as_i64(const ArrayView& values) {
  if (values.dtype == Dtype::i64) return Array::copy_of(values);
  Array out(Dtype::i64, values.shape);
  for (std::int64_t i = 0; i < out.count(); ++i) {
    out.as<std::int64_t>()[i] = static_cast<std::int64_t>(element(values, i));
  }
  return out;
}

}  // namespace assay::preparing
