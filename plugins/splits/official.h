// The published split: `split: {type: official, valid: {last: 10%}}`.
#pragma once

#include <cstdint>

#include "plugins/splits/carve.h"
#include "registry/contracts/split.h"

namespace assay::splits {

struct OfficialParams {
  Carve valid{Carve::From::last, {0.1}};
  std::int64_t seed = 0;

  static void describe(Fields<OfficialParams>& f) {
    f.about("The split that the publisher of the data made.");
    f("valid", &OfficialParams::valid,
      "rows of train to validate on: none, a share (drawn at random), {last: 10%}, {first: 10%} or "
      "{random: 10%}; where the publisher made a validation part, that one is used instead, unless this is "
      "none");
    f("seed", &OfficialParams::seed, "seed of a random drawing; not the run's", at_least(0));
  }
};

/// The data set's official_split(), with a validation part carved from train. Throws Kind::config if there is
/// none.
class Official final : public Split {
 public:
  using Params = OfficialParams;
  Official(const Params& params, const Needs& needs);
  SplitRows rows(const Dataset& dataset) const override;

 private:
  Params params_;
};

}  // namespace assay::splits
