// How the trials of a sweep are numbered.
//
// A configuration is a point of the space; each is tried in every group of `per`, and there once a repeat.
// Numbers run over repeats first, then groups, then configurations: more configurations never renumber a
// trial, and the groups advance side by side. Refits have numbers of their own, one for each group.
#pragma once

#include <cstdint>

#include "core/error.h"

namespace assay::sweep {

struct Unit {
  std::int64_t configuration = 0;
  std::int64_t group = 0;
  std::int64_t repeat = 0;

  bool operator==(const Unit&) const = default;
};

struct Layout {
  std::int64_t n_configurations = 0;  // in each group
  std::int64_t n_groups = 1;
  std::int64_t n_repeats = 1;
  bool has_refits = false;

  std::int64_t n_trials() const { return n_configurations * n_groups * n_repeats; }
  std::int64_t n_refits() const { return has_refits ? n_groups : 0; }
  Unit unit(std::int64_t trial) const {
    ASSAY_ASSERT(trial >= 0 && trial < n_trials());
    return {trial / n_repeats / n_groups, trial / n_repeats % n_groups, trial % n_repeats};
  }
  std::int64_t number(const Unit& unit) const {
    return (unit.configuration * n_groups + unit.group) * n_repeats + unit.repeat;
  }
};

}  // namespace assay::sweep
