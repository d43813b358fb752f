// First values of the weights of layers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

/// How many numbers go into one output of a weight, and how many outputs one number goes to.
struct Fans {
  std::int64_t in = 1;
  std::int64_t out = 1;
};

/// A parameter filled by the initialiser of a slot.
inline at::Tensor drawn(const std::string& name, const std::vector<std::int64_t>& shape,
                        const Slot<Init>& init, Fans fans, const LayerNeeds& needs) {
  return make_parameter(name, shape, *needs.parts.build(init, {}), fans.in, fans.out, needs.init);
}

}  // namespace assay::layers
