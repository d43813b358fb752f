#include "plugins/samplers/sobol.h"

#include "core/text.h"
#include "plugins/samplers/draw.h"

namespace assay::samplers {
namespace {

void require_few(const Space& space) {
  if (space.parameters.size() <= SobolSequence::most_dimensions) return;
  throw Error(Kind::config, Problem{{},
                                    "sweep.sampler",
                                    text("is sobol, which is made for ", SobolSequence::most_dimensions,
                                         " parameters, but the space has ", space.parameters.size()),
                                    "choose another sampler: random, tpe"});
}

}  // namespace

Sobol::Sobol(const Params& /*params*/, const Needs& needs)
    : space_(needs.space),
      sequence_(Stream(needs.seed, "sampler/sobol")),
      retries_(needs.seed, "sampler/sobol/again") {
  require_few(space_);
}

Point Sobol::propose(const Ask& ask) const {
  const auto number = static_cast<std::uint64_t>(ask.number);
  if (ask.attempt > 0) {
    Draws draws = retries_.at(static_cast<std::uint32_t>(ask.attempt), number);
    return draw_evenly(space_, draws);
  }
  Point point = space_.empty_point();
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (space_.is_active(i, point)) point[i] = space_.parameters[i].at(sequence_.at(number, i));
  }
  return point;
}

}  // namespace assay::samplers
