// Points that fill a space more evenly than random ones.
#pragma once

#include "core/random.h"
#include "plugins/samplers/sobol_numbers.h"
#include "registry/contracts/sampler.h"

namespace assay::samplers {

struct SobolParams {
  static void describe(Fields<SobolParams>& f) {
    f.about(
        "Scrambled Sobol points: each is uniform on the space, and every 2^m of them, counted from the "
        "first, fill "
        "it evenly. At most 64 parameters.");
    f.source(
        "direction numbers: Joe and Kuo 2008, Constructing Sobol sequences with better two-dimensional "
        "projections; scrambling: Owen 1995, Randomly permuted (t,m,s)-nets");
  }
};

/// Coordinate i of a point belongs to parameter i, whether or not it is active. Answers after the first,
/// where that is forbidden, are random points.
class Sobol final : public Sampler {
 public:
  using Params = SobolParams;
  /// Throws Kind::config for a space with more than 64 parameters.
  Sobol(const Params& params, const Needs& needs);
  Point propose(const Ask& ask) const override;

 private:
  Space space_;
  SobolSequence sequence_;
  Stream retries_;
};

}  // namespace assay::samplers
