#include "plugins/splits/official.h"

namespace assay::splits {

Official::Official(const Params& params, const Needs& /*needs*/) : params_(params) {}

SplitRows Official::rows(const Dataset& dataset) const {
  std::optional<SplitRows> out = dataset.official_split();
  if (!out) {
    throw Error(Kind::config, Problem{{},
                                      "dataset.split",
                                      "is official, but the publisher of this data made no split",
                                      "write shares: split: {train: 70%, valid: 15%, test: 15%}"});
  }
  if (params_.valid.from == Carve::From::none) {
    out->valid.clear();
  } else if (out->valid.empty()) {
    out->valid = carve(params_.valid, params_.seed, out->train);
  }
  return *std::move(out);
}

}  // namespace assay::splits
