#include "registry/contracts/penalty.h"

#include "registry/rules.h"

namespace assay {

void PenaltyCommon::describe(Fields<PenaltyCommon>& f) {
  f.about("What every penalty takes.");
  f("match", &PenaltyCommon::match, "parameters of the model that it is on, as `*weight`", non_empty);
  f("weight", &PenaltyCommon::weight, "what its value is multiplied by", required, non_negative, log_scale);
  f("divide_by", &PenaltyCommon::divide_by,
    "what its value is divided by: `none`, `batch` for the rows of the step's batch, or `train_rows`",
    one_of({"none", "batch", "train_rows"}));
}

}  // namespace assay
