// Columns on their way through transforms, block by block.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "registry/contracts/dataset.h"
#include "registry/contracts/transform.h"
#include "registry/implementations.h"

namespace assay::preparing {

using Transforms = std::vector<std::unique_ptr<Transform>>;

/// The shape of one row of a column.
Shape row_shape(const Dataset& dataset, std::size_t column);

/// Builds the transforms and fits each on the training rows as the ones before it leave them. `output`
/// receives the shape after the last. Problems carry the place of the transform that they are about.
Transforms fit_transforms(const std::vector<Slot<Transform>>& slots, const Implementations& parts,
                          const Dataset& dataset, std::size_t column, const std::vector<std::int64_t>& train,
                          Shape& output);

/// The same, with what they learned when they were fitted: in.scope("0") is that of the first.
Transforms load_transforms(const std::vector<Slot<Transform>>& slots, const Implementations& parts,
                           const StateReader& in, const Shape& input, Shape& output);

/// What samples of this shape become by the augmentations. Problems carry the place of the one that they are
/// about.
Shape augmented_shape(const std::vector<Slot<Augmentation>>& slots, Shape shape);

/// All rows of a column [rows, ...] after the transforms, in the dtype of the last one.
Array transformed_column(const Dataset& dataset, std::size_t column, const Transforms& transforms,
                         const Shape& output);

/// The same values as f32, or as i64.
Array as_f32(const ArrayView& values);
Array as_i64(const ArrayView& values);

/// Calls `body`; problems without a place get the slot's.
void at_slot(const SlotBase& slot, const std::function<void()>& body);

}  // namespace assay::preparing
