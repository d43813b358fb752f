#include "plugins/schedules/cosine.h"

#include <cmath>
#include <numbers>

namespace assay::schedules {
namespace {

std::int64_t bounded_total(const Schedule::Needs& needs) {
  if (needs.total_steps > 0) return needs.total_steps;
  throw Error(Kind::config,
              Problem{{},
                      "schedule",
                      "is cosine, but the run is bounded by time only, so its last step is not known",
                      "bound train.until by epochs or steps, or set `schedule: constant`"});
}

}  // namespace

Cosine::Cosine(const Params& params, const Needs& needs)
    : floor_(params.floor), total_(bounded_total(needs)), warmup_(warmup_steps(params.warmup, needs)) {}

double Cosine::factor(std::int64_t step) {
  if (step < warmup_) return warmup_factor(step, warmup_);
  if (step >= total_) return floor_;
  const double progress = static_cast<double>(step - warmup_) / static_cast<double>(total_ - warmup_);
  return floor_ + (1 - floor_) * (1 + std::cos(std::numbers::pi * progress)) / 2;
}

}  // namespace assay::schedules
