// Schedules one after the other.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "plugins/schedules/lengths.h"

namespace assay::schedules {

struct ChainPart {
  Slot<Schedule> schedule;
  std::optional<Duration> length;

  static void describe(Fields<ChainPart>& f) {
    f.about("A schedule and how long it lasts.");
    f("schedule", &ChainPart::schedule, "whose steps count from the start of this part", required);
    f("for", &ChainPart::length, "how long it lasts; the last part lasts to the end of the run", length_rule);
  }
};

struct ChainParams {
  std::vector<ChainPart> parts;

  static void describe(Fields<ChainParams>& f) {
    f.about(
        "Schedules one after the other, as [{schedule: constant, for: 10 epochs}, {schedule: cosine}]. Each "
        "takes its part for the whole run: its steps count from the start of the part, and percentages in it "
        "are of the part. A percentage in `for` is of the run.");
    f.source("torch.optim.lr_scheduler.SequentialLR");
    f("parts", &ChainParams::parts, "the schedules, first to last", required, non_empty);
    f.check("every part but the last says `for` how long it lasts, and the last does not",
            [](const ChainParams& p) {
              for (std::size_t i = 0; i < p.parts.size(); ++i) {
                if (p.parts[i].length.has_value() == (i + 1 == p.parts.size())) return false;
              }
              return true;
            });
  }
};

class Chain final : public Schedule {
 public:
  using Params = ChainParams;
  /// Throws Kind::config if a part begins at or behind the end of the run, and what the parts throw.
  Chain(const Params& params, const Needs& needs);
  double factor(std::int64_t step) override;
  /// Only the part of the last step looks.
  void observe(double valid_loss) override;
  void save(StateWriter& out) const override;
  void load(const StateReader& in) override;

 private:
  struct Part {
    std::int64_t start;
    std::unique_ptr<Schedule> schedule;
  };
  Part& part_at(std::int64_t step);

  std::vector<Part> parts_;
  std::int64_t last_step_ = 0;
};

}  // namespace assay::schedules
