#include "plugins/observers/early_stop.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

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

/// Numbers of one split at one time.
struct Row {
  std::string_view split;
  const std::vector<Scalar>* scalars = nullptr;  // null: the event brings none
};

Row row_of(const Event& event) {
  if (const auto* evaluated = std::get_if<Evaluated>(&event)) return {evaluated->split, &evaluated->scalars};
  if (const auto* done = std::get_if<StepDone>(&event)) return {"train", done->scalars};
  return {};
}

const Scalar* find(const std::vector<Scalar>& scalars, std::string_view name) {
  const auto found = std::ranges::find_if(scalars, [&](const Scalar& scalar) { return scalar.name == name; });
  return found == scalars.end() ? nullptr : &*found;
}

/// The value of a metric; nothing if the row is of another split.
std::optional<double> find_value(const Row& row, const std::string& metric) {
  if (row.scalars == nullptr || !metric.starts_with(text(row.split, '/'))) return std::nullopt;
  if (const Scalar* scalar = find(*row.scalars, metric)) return scalar->value;
  // Without penalties the loss is all of the objective.
  const Scalar* loss = metric == "train/objective" ? find(*row.scalars, "train/loss") : nullptr;
  if (loss != nullptr) return loss->value;
  std::vector<std::string> names;
  for (const Scalar& scalar : *row.scalars) names.push_back(scalar.name);
  throw Error(Kind::config, text("early_stop.metric is ", metric, ", which no metric gives"),
              suggest(metric, names));
}

class EarlyStop final : public Observer {
 public:
  using Params = EarlyStopParams;
  EarlyStop(const Params& params, const Needs& needs)
      : params_(params), sign_(is_high_better(params, needs) ? 1.0 : -1.0) {}

  Request on(const Event& event) override {
    const std::optional<double> value = find_value(row_of(event), params_.metric);
    if (!value) return {};
    const bool is_improved = is_better(*value, params_.min_delta);
    const bool is_moved = is_improved || (params_.compare_with == "best" && is_better(*value, 0));
    if (is_moved) {
      best_ = *value;
      has_best_ = true;
    }
    waited_ = is_improved ? 0 : waited_ + 1;
    if (waited_ < params_.patience) return {};
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
  /// A number that is none never is.
  bool is_better(double value, double by) const {
    if (std::isnan(value)) return false;
    return !has_best_ || sign_ * (value - best_) > by;
  }

  std::string reason() const {
    const std::string best = has_best_ ? text(" since ", number_text(best_)) : std::string();
    const std::string_view what = params_.metric.starts_with("train/") ? "row" : "evaluation";
    return text("early stop: no better ", params_.metric, best, " in ", count_text(waited_, what));
  }

  Params params_;
  double sign_;  // 1 if high is better, else -1
  double best_ = 0;
  bool has_best_ = false;
  std::int64_t waited_ = 0;  // values since the last improvement
};

}  // namespace

void implement_early_stop(Implementations& parts) { parts.add<EarlyStop>("early_stop"); }

}  // namespace assay::observers
