#include "plugins/transforms/groups.h"

#include "core/error.h"

namespace assay::transforms {
namespace {

// Values in one sample of a block [rows, ...].
std::int64_t sample_size(const ArrayView& block) {
  ASSAY_ASSERT(!block.shape.empty());
  return element_count({block.shape.begin() + 1, block.shape.end()});
}

// The values of a sample that share a group lie side by side: this many of them.
std::int64_t group_size(std::string_view per, const ArrayView& block) {
  if (per == "feature") return 1;
  const std::int64_t sample = sample_size(block);
  if (per == "all" || block.shape.size() < 2 || block.shape[1] == 0) return sample;
  return sample / block.shape[1];
}

}  // namespace

Rule per_choices() { return one_of({"feature", "channel", "all"}); }

std::vector<std::size_t> value_groups(std::string_view per, const ArrayView& block) {
  const std::int64_t size = group_size(per, block);
  std::vector<std::size_t> out(static_cast<std::size_t>(sample_size(block)));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i / static_cast<std::size_t>(size);
  return out;
}

}  // namespace assay::transforms
