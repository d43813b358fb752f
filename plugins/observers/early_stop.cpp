#include "plugins/observers/early_stop.h"

#include <cmath>
#include <optional>

#include "core/text.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/implementations.h"

namespace assay::observers {

namespace {

bool is_high_better(const EarlyStopParams& params, const Observer::Needs& needs) {
  if (params.mode != "auto") return params.mode == "max";
  if (needs.is_better_high) return needs.is_better_high(params.metric);
  throw Error(Kind::config, text("early_stop cannot know whether a high ", params.metric, " is good"),
              "write `mode: min` or `mode: max`");
}

/// The value of a metric in an evaluation; nothing if the evaluation was of another split.
std::optional<double> find_value(const Evaluated& evaluated, const std::string& metric) {
  std::vector<std::string> names;
  for (const Scalar& scalar : evaluated.scalars) {
    if (scalar.name == metric) return scalar.value;
    names.push_back(scalar.name);
  }
  if (!metric.starts_with(evaluated.split + "/")) return std::nullopt;
  throw Error(Kind::config, text("early_stop.metric is ", metric, ", which no metric gives"),
              suggest(metric, names));
}

class EarlyStop final : public Observer {
 public:
  using Params = EarlyStopParams;
  EarlyStop(const Params& params, const Needs& needs)
      : params_(params), sign_(is_high_better(params, needs) ? 1.0 : -1.0) {}

  Request on(const Event& event) override {
    const auto* evaluated = std::get_if<Evaluated>(&event);
    if (!evaluated) return {};
    const std::optional<double> value = find_value(*evaluated, params_.metric);
    if (!value) return {};
    if (is_improvement(*value)) {
      best_ = *value;
      has_best_ = true;
      waited_ = 0;
      return {};
    }
    if (++waited_ < params_.patience) return {};
    return {Request::Kind::stop, reason()};
  }

  void save(StateWriter& out) const override {
    out.integer("has_best", has_best_ ? 1 : 0);
    out.real("best", best_);
    out.integer("waited", waited_);
  }

  void load(const StateReader& in) override {
    has_best_ = in.integer("has_best") != 0;
    best_ = in.real("best");
    waited_ = in.integer("waited");
  }

 private:
  /// A number that is none never improves.
  bool is_improvement(double value) const {
    if (std::isnan(value)) return false;
    return !has_best_ || sign_ * (value - best_) > params_.min_delta;
  }

  std::string reason() const {
    const std::string best = has_best_ ? text(" since ", number_text(best_)) : std::string();
    return text("early stop: no better ", params_.metric, best, " in ", count_text(waited_, "evaluation"));
  }

  Params params_;
  double sign_;  // 1 if high is better, else -1
  double best_ = 0;
  bool has_best_ = false;
  std::int64_t waited_ = 0;  // evaluations since the best
};

}  // namespace

void implement_early_stop(Implementations& parts) { parts.add<EarlyStop>("early_stop"); }

}  // namespace assay::observers
