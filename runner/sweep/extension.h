// What a study may become after it was begun: more configurations and, for these, wider ranges and further
// choices. Configurations that the study had already stay in the space that they came with, proposed or not,
// so that it does not matter when somebody extends it.
//
//   require_extension(*before, *after);     // throws what is more than that
//   after->put_before(std::move(before));
#pragma once

#include "registry/contracts/space.h"
#include "runner/sweep/study.h"

namespace assay::sweep {

/// Throws Kind::config, with places in the config of `after`, unless it is `before` but for
///   - more configurations,
///   - ranges of `space` that hold all values that they held, and choices with others behind them: these ask
///     for more configurations, which alone are drawn from them.
void require_extension(const Study& before, const Study& after);

/// A point of one space in another one of the same study, by the names of parameters: those that it does not
/// have are not active.
Point translated(const Point& point, const Space& from, const Space& to);

}  // namespace assay::sweep
