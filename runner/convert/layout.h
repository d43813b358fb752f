// Tensors made of others, whose bytes are brought into order when they are asked for.
#pragma once

#include <vector>

#include "registry/contracts/weights.h"

namespace assay::convert {

/// [a, b] -> [b, a]. Reads the whole tensor at once.
NamedTensor transposed(const NamedTensor& matrix);

/// One behind the other along the first axis. They agree in the others and in their type; the result has the
/// first one's name.
NamedTensor joined(std::vector<NamedTensor> parts);

/// One of `parts` equal parts along the first axis, counted from 0.
NamedTensor part_of(const NamedTensor& whole, std::int64_t part, std::int64_t parts);

}  // namespace assay::convert
