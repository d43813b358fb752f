// The scrambled Sobol sequence, each coordinate of each point on its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/random.h"

namespace assay::samplers {

class SobolSequence {
 public:
  static constexpr std::size_t most_dimensions = 64;

  explicit SobolSequence(const Stream& scrambling);
  /// In (0, 1). index < 2^32, dimension < most_dimensions. Cost: 32 Philox blocks.
  double at(std::uint64_t index, std::size_t dimension) const;
  /// Before it is scrambled, as a fraction of 2^32.
  std::uint32_t plain(std::uint64_t index, std::size_t dimension) const;

 private:
  Stream scrambling_;
  std::array<std::array<std::uint32_t, 32>, most_dimensions> directions_;
};

}  // namespace assay::samplers
