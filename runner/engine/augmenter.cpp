#include "runner/engine/augmenter.h"

#include <any>
#include <utility>

#include <c10/core/GradMode.h>

#include "core/text.h"

namespace assay::engine {

Augmenter::Augmenter(const std::vector<Slot<Augmentation>>& slots, const Implementations& parts, Shape input,
                     std::uint64_t seed) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    augmentations_.push_back(
        parts.build(slots[i], Augmentation::Needs{input, Stream(seed, text("augment/", i))}));
    input = std::any_cast<AugmentationFacet>(slots[i].component().facet).outline(slots[i].params(), input);
  }
}

at::Tensor Augmenter::operator()(at::Tensor x, const Context& context) const {
  const c10::NoGradGuard no_grad;
  for (const auto& augmentation : augmentations_) x = (*augmentation)(x, context);
  return x.contiguous();
}

}  // namespace assay::engine
