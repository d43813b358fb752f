// What each parameter of a space did to the objective, over the configurations that ended well.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "registry/contracts/space.h"

namespace assay::sweep {

/// Configurations whose values of a parameter belong together: those of one choice, or of a part of a range.
struct Level {
  std::string label;  // `adamw`, `1e-4 to 3e-4`
  std::size_t count = 0;
  double mean = 0;  // of the objective
};

struct Effect {
  std::size_t parameter = 0;
  /// How much of the objective's variance lies between the levels, from 0 to 1. With few configurations some
  /// of it is chance: `by_chance` is what no effect at all would give on average.
  double share = 0;
  double by_chance = 0;
  std::vector<Level> levels;
};

struct Measured {
  Point point;
  double value = 0;
};

/// Of every parameter that has two levels at least, the largest share first. Numbers are cut into at most
/// four parts of equal count. label: how a value of a parameter is written.
std::vector<Effect> effects_of(const Space& space, std::span<const Measured> measured,
                               const std::function<std::string(std::size_t parameter, double value)>& label);

}  // namespace assay::sweep
