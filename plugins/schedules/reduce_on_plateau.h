// Falls of the learning rate when the loss on valid no longer does.
#pragma once

#include <limits>
#include <string>

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct ReduceOnPlateauParams {
  double factor = 0.1;
  std::int64_t patience = 10;
  double threshold = 1e-4;
  std::string threshold_mode = "rel";
  std::int64_t cooldown = 0;
  double floor = 0.0;
  Duration warmup = no_warmup;

  static void describe(Fields<ReduceOnPlateauParams>& f) {
    f.about(
        "Multiplies the learning rate by `factor` when valid/loss was no better for more than `patience` "
        "evaluations (evaluate.every says when there is one).");
    f.source("torch.optim.lr_scheduler.ReduceLROnPlateau");
    f("factor", &ReduceOnPlateauParams::factor, "of each fall", positive, below(1));
    f("patience", &ReduceOnPlateauParams::patience, "evaluations without improvement that are borne",
      at_least(0));
    f("threshold", &ReduceOnPlateauParams::threshold, "how much better counts as an improvement",
      non_negative, log_scale);
    f("threshold_mode", &ReduceOnPlateauParams::threshold_mode,
      "rel: the threshold is a part of the best loss; abs: it is in units of the loss",
      one_of({"rel", "abs"}));
    f("cooldown", &ReduceOnPlateauParams::cooldown,
      "evaluations after a fall in which none counts as without improvement", at_least(0));
    f("floor", &ReduceOnPlateauParams::floor, "the smallest factor", probability);
    describe_warmup(f);
  }
};

/// The falls are those of PyTorch; its min_lr is `floor` times the learning rate, and falls smaller than its
/// eps are made here.
class ReduceOnPlateau final : public WarmedSchedule {
 public:
  using Params = ReduceOnPlateauParams;
  /// Throws Kind::config if nothing is judged on valid.
  ReduceOnPlateau(const Params& params, const Needs& needs);
  void observe(double valid_loss) override;
  void save(StateWriter& out) const override;
  void load(const StateReader& in) override;

 private:
  double factor_after(std::int64_t) override { return factor_; }
  bool is_better(double loss) const;

  Params params_;
  double factor_ = 1;
  double best_ = std::numeric_limits<double>::infinity();
  std::int64_t waited_ = 0;    // evaluations since the best
  std::int64_t cooldown_ = 0;  // evaluations left
};

}  // namespace assay::schedules
