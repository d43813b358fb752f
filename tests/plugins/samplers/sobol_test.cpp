// Numbers before scrambling are those of scipy.stats.qmc.Sobol (SciPy 1.17), which counts in Gray code.
#include <set>

#include <gtest/gtest.h>

#include "plugins/samplers/sobol_numbers.h"

namespace assay::samplers {
namespace {

TEST(Sobol, NumbersAreThoseOfSciPy) {
  const SobolSequence sequence{Stream(1, "test")};
  struct Row {
    std::uint64_t index;
    std::size_t dimension;
    double value;
  };
  for (const Row& row :
       {Row{1, 0, 0.5}, Row{2, 1, 0.25}, Row{3, 2, 0.75}, Row{5, 7, 0.375}, Row{100, 20, 0.7578125},
        Row{777, 40, 0.7216796875}, Row{600, 33, 0.8916015625}, Row{1023, 63, 0.0400390625}}) {
    const std::uint64_t gray = row.index ^ (row.index >> 1U);
    EXPECT_EQ(sequence.plain(gray, row.dimension) * 0x1p-32, row.value) << row.index << ' ' << row.dimension;
  }
}

TEST(Sobol, ScrambledPointsFillEveryPartOfEveryDimensionOnce) {
  constexpr std::uint64_t n = 256;
  const SobolSequence sequence{Stream(7, "test")};
  for (std::size_t dimension = 0; dimension < SobolSequence::most_dimensions; ++dimension) {
    std::set<std::int64_t> parts;
    for (std::uint64_t i = 0; i < n; ++i)
      parts.insert(static_cast<std::int64_t>(sequence.at(i, dimension) * n));
    EXPECT_EQ(parts.size(), n) << dimension;
  }
}

TEST(Sobol, TheFirstTwoDimensionsFillEveryBoxOfEqualArea) {
  const SobolSequence sequence{Stream(3, "test")};
  for (int halvings = 0; halvings <= 6; ++halvings) {
    std::set<std::pair<int, int>> boxes;
    for (std::uint64_t i = 0; i < 64; ++i) {
      boxes.emplace(static_cast<int>(sequence.at(i, 0) * (1 << halvings)),
                    static_cast<int>(sequence.at(i, 1) * (1 << (6 - halvings))));
    }
    EXPECT_EQ(boxes.size(), 64U) << halvings;
  }
}

}  // namespace
}  // namespace assay::samplers
