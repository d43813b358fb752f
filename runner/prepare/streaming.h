// Whether inputs lie in memory while a run trains, or are read batch by batch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/contracts/dataset.h"
#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"

namespace assay::preparing {

/// in_memory: `dataset.in_memory`. With `auto` inputs are streamed whose rows, of these shapes, take more
/// than half of `available` bytes, or more than 1 GiB where the data set reads them from files row by row:
/// reading all of them would keep a run from starting.
bool is_streamed(const std::string& in_memory, const Dataset& dataset, const std::vector<Shape>& read_shapes,
                 std::optional<std::int64_t> available);

std::int64_t bytes_of(const Shape& shape);

/// Bytes of one row of all inputs as they are read.
std::int64_t row_bytes(const std::vector<Shape>& read_shapes);

/// Bytes of the batches that are read ahead, of all splits, and of what the threads that read them hold.
std::int64_t read_ahead_bytes(const Experiment& experiment, const Prepared& prepared);

}  // namespace assay::preparing
