#include "plugins/observers/learning_rate.h"

#include <algorithm>
#include <vector>

#include "core/text.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/contracts/tensor/optimizer.h"
#include "registry/implementations.h"

namespace assay::observers {

namespace {

class LearningRate final : public Observer {
 public:
  using Params = LearningRateParams;
  LearningRate(const Params&, const Needs& needs)
      : recorder_(needs.recorder),
        rate_(needs.optimizer == nullptr ? 1 : needs.optimizer->learning_rate()),
        group_rates_(needs.optimizer == nullptr ? std::vector<double>() : needs.optimizer->group_rates()) {}

  Phase phase() const override { return Phase::record; }

  Request on(const Event& event) override {
    const auto* done = std::get_if<StepDone>(&event);
    if (done == nullptr || done->scalars == nullptr || group_rates_.empty()) return {};
    const auto now =
        std::ranges::find_if(*done->scalars, [](const Scalar& scalar) { return scalar.name == "train/lr"; });
    if (now == done->scalars->end()) return {};
    const double factor = now->value / rate_;  // the schedule's
    std::vector<Scalar> row;
    for (std::size_t i = 0; i < group_rates_.size(); ++i)
      row.push_back({text("train/lr.groups.", i), group_rates_[i] * factor});
    recorder_.log(done->step, done->epoch, row);
    return {};
  }

  void save(StateWriter&) const override {}
  void load(const StateReader&) override {}

 private:
  Recorder& recorder_;
  double rate_;  // of parameters in no group, without the schedule's factor
  std::vector<double> group_rates_;
};

}  // namespace

void implement_learning_rate(Implementations& parts) { parts.add<LearningRate>("learning_rate"); }

}  // namespace assay::observers
