// Which values of a sample are measured together: the parameter `per` of transforms that fit a scale.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/array.h"
#include "registry/rules.h"

namespace assay::transforms {

/// The choices of `per`.
Rule per_choices();

/// For each value of a sample of the block [rows, ...] the number of its group, ascending from 0: each its
/// own
/// (`feature`), one for each first axis of the sample (`channel`), or one for `all`.
std::vector<std::size_t> value_groups(std::string_view per, const ArrayView& block);

}  // namespace assay::transforms
