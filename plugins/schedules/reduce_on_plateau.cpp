#include "plugins/schedules/reduce_on_plateau.h"

#include <algorithm>

namespace assay::schedules {

ReduceOnPlateau::ReduceOnPlateau(const Params& params, const Needs& needs)
    : WarmedSchedule(params.warmup, needs), params_(params) {
  if (needs.is_judged) return;
  throw Error(Kind::config,
              Problem{{},
                      "schedule",
                      "is reduce_on_plateau, but no rows validate, so it would never see a loss",
                      "give dataset.split a `valid`, or choose another schedule"});
}

void ReduceOnPlateau::observe(double valid_loss) {
  waited_ = is_better(valid_loss) ? 0 : waited_ + 1;
  if (waited_ == 0) best_ = valid_loss;
  if (cooldown_ > 0) {
    --cooldown_;
    waited_ = 0;
  }
  if (waited_ <= params_.patience) return;
  factor_ = std::max(factor_ * params_.factor, params_.floor);
  cooldown_ = params_.cooldown;
  waited_ = 0;
}

bool ReduceOnPlateau::is_better(double loss) const {
  if (params_.threshold_mode == "rel") return loss < best_ * (1 - params_.threshold);
  return loss < best_ - params_.threshold;
}

void ReduceOnPlateau::save(StateWriter& out) const {
  out.real("factor", factor_);
  out.real("best", best_);
  out.integer("waited", waited_);
  out.integer("cooldown", cooldown_);
}

void ReduceOnPlateau::load(const StateReader& in) {
  factor_ = in.real("factor");
  best_ = in.real("best");
  waited_ = in.integer("waited");
  cooldown_ = in.integer("cooldown");
}

}  // namespace assay::schedules
