// What every penalty takes, whatever it computes: `{type: l2, match: "*weight", weight: 1e-4}`.
#pragma once

#include <string>

#include "registry/contracts/globs.h"
#include "registry/fields.h"

namespace assay {

/// Added to the loss of a step: weight * value / divisor.
struct PenaltyCommon {
  Globs match{{"*"}};
  double weight = 0;
  std::string divide_by = "none";  // none; batch: rows of the step's batch; train_rows

  static void describe(Fields<PenaltyCommon>& f);
};

}  // namespace assay
