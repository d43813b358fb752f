// Every combination, once.
#pragma once

#include "registry/contracts/sampler.h"

namespace assay::samplers {

struct GridParams {
  static void describe(Fields<GridParams>& f) {
    f.about(
        "Every combination of a finite space, each once: the last key of the space moves fastest. A "
        "parameter "
        "that a condition rules out counts once, not once for each of its values.");
  }
};

/// Point k is found from k: parameters that no condition and no forbidden combination ties to one another
/// make blocks; blocks are counted and indexed like digits, and only within a block of several parameters are
/// the combinations listed.
class Grid final : public Sampler {
 public:
  using Params = GridParams;
  /// Throws Kind::config if a parameter has no finite number of values, or a block more than 1,000,000
  /// points.
  Grid(const Params& params, const Needs& needs);
  Point propose(const Ask& ask) const override;
  std::optional<std::int64_t> count() const override { return count_; }

 private:
  struct Block {
    std::vector<std::size_t> parameters;  // ascending
    std::int64_t count = 0;
    std::vector<double> values;  // of all points, a row each; empty for a block of one parameter
  };
  void list_points(Block& block, Point& point, std::size_t depth) const;

  Space space_;
  std::vector<Block> blocks_;  // in the order of their first parameters
  std::int64_t count_ = 1;
};

}  // namespace assay::samplers
