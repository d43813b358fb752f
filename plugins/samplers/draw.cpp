#include "plugins/samplers/draw.h"

namespace assay::samplers {

Point draw_evenly(const Space& space, Draws& draws) {
  Point point = space.empty_point();
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (space.is_active(i, point)) point[i] = space.parameters[i].at(draws.uniform());
  }
  return point;
}

}  // namespace assay::samplers
