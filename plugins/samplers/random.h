// Every point independent of all others.
#pragma once

#include "core/random.h"
#include "registry/contracts/sampler.h"

namespace assay::samplers {

struct RandomParams {
  static void describe(Fields<RandomParams>& f) {
    f.about(
        "Draws every value evenly from its range (in the logarithm for log ranges), each point independent "
        "of "
        "all others.");
    f.source("Bergstra and Bengio 2012, Random search for hyper-parameter optimization");
  }
};

class Random final : public Sampler {
 public:
  using Params = RandomParams;
  Random(const Params& params, const Needs& needs);
  Point propose(const Ask& ask) const override;

 private:
  Space space_;
  Stream stream_;
};

}  // namespace assay::samplers
