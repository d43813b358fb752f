#include "plugins/samplers/random.h"

#include "plugins/samplers/draw.h"

namespace assay::samplers {

Random::Random(const Params& /*params*/, const Needs& needs)
    : space_(needs.space), stream_(needs.seed, "sampler/random") {}

Point Random::propose(const Ask& ask) const {
  Draws draws = stream_.at(static_cast<std::uint32_t>(ask.attempt), static_cast<std::uint64_t>(ask.number));
  return draw_evenly(space_, draws);
}

}  // namespace assay::samplers
