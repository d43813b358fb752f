// The augmentations of a data set, as a part of reading a batch.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::engine {

class Augmenter {
 public:
  /// Changes nothing.
  Augmenter() = default;
  /// input: of one sample, before the first. Throws what building a component throws.
  Augmenter(const std::vector<Slot<Augmentation>>& slots, const Implementations& parts, Shape input,
            std::uint64_t seed);

  bool is_empty() const { return augmentations_.empty(); }
  /// x [batch, ...] through all of them, in order; x stays as it is. Without gradients.
  at::Tensor operator()(at::Tensor x, const Context& context) const;

 private:
  std::vector<std::unique_ptr<Augmentation>> augmentations_;
};

}  // namespace assay::engine
