#include "runner/engine/evaluation.h"

#include <any>
#include <limits>

#include <ATen/ops/scalar_tensor.h>
#include <c10/core/GradMode.h>

#include "core/text.h"

namespace assay::engine {

void DeviceSum::add(const at::Tensor& scalar) {
  if (scalar.is_cpu()) {
    // item() goes through the dispatcher, which costs a microsecond a step.
    number_ += scalar.scalar_type() == at::kFloat ? static_cast<double>(*scalar.const_data_ptr<float>())
                                                  : scalar.item<double>();
    return;
  }
  const c10::NoGradGuard no_grad;
  if (!tensor_.defined()) tensor_ = at::scalar_tensor(number_, scalar.options().dtype(at::kDouble));
  tensor_.add_(scalar);
}

double DeviceSum::value() const { return tensor_.defined() ? tensor_.item<double>() : number_; }

void DeviceSum::set(double value) {
  number_ = value;
  tensor_.reset();
}

void LossMean::add(const LossValue& loss) {
  sum_.add(loss.sum);
  if (loss.weight.defined()) {
    weight_.add(loss.weight);
  } else {
    count_ += loss.count;
  }
  is_empty_ = false;
}

double LossMean::value() const {
  if (is_empty_) return std::numeric_limits<double>::quiet_NaN();
  return sum_.value() / (count_ + weight_.value());
}

void LossMean::save(StateWriter& out) const {
  out.real("sum", sum_.value());
  out.real("weight", weight_.value());  // apart from the count: a sum depends on the order of its parts
  out.real("count", count_);
  out.integer("is_empty", is_empty_ ? 1 : 0);
}

void LossMean::load(const StateReader& in) {
  reset();
  sum_.set(in.real("sum"));
  weight_.set(in.real("weight"));
  count_ = in.real("count");
  is_empty_ = in.integer("is_empty") != 0;
}

Scores::Scores(std::string split, const std::vector<Slot<Metric>>& slots, const Implementations& parts,
               const Metric::Needs& needs)
    : split_(std::move(split)), slots_(slots) {
  for (const Slot<Metric>& slot : slots) metrics_.push_back(parts.build(slot, needs));
}

void Scores::add(const LossValue& loss, const Outputs& outputs, const Batch& batch, Activity& activity) {
  loss_.add(loss);
  if (metrics_.empty()) return;
  const c10::NoGradGuard no_grad;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    activity.set("update of", &slots_[i]);
    metrics_[i]->update(outputs, batch);
  }
}

std::vector<Scalar> Scores::values() const {
  std::vector<Scalar> out{{split_ + "/loss", loss_.value()}};
  for (const auto& metric : metrics_) {
    for (const Scalar& scalar : metric->values()) {
      out.push_back({text(split_, '/', scalar.name), scalar.value});
    }
  }
  return out;
}

void Scores::reset() {
  loss_.reset();
  for (const auto& metric : metrics_) metric->reset();
}

// The metric that gives `name`, which is without the split.
const Slot<Metric>* Scores::find_slot(std::string_view name) const {
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    for (const Scalar& given : metrics_[i]->values()) {
      if (given.name == name) return &slots_[i];
    }
  }
  const Slot<Metric>* best = nullptr;
  for (const Slot<Metric>& slot : slots_) {
    const bool is_longer = best == nullptr || slot.name().size() > best->name().size();
    if (name.starts_with(slot.name()) && is_longer) best = &slot;
  }
  return best;
}

bool Scores::is_better_high(std::string_view metric) const {
  const Slot<Metric>* slot = find_slot(metric.substr(metric.find('/') + 1));
  if (slot == nullptr) return false;
  const auto* facet = std::any_cast<TaskFacet>(&slot->component().facet);
  return facet != nullptr && facet->is_better_high;
}

void Scores::save(StateWriter& out) const {
  StateWriter loss = out.scope("loss");
  loss_.save(loss);
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    StateWriter metric = out.scope("metrics").scope(text(i));
    metrics_[i]->save(metric);
  }
}

void Scores::load(const StateReader& in) {
  loss_.load(in.scope("loss"));
  for (std::size_t i = 0; i < metrics_.size(); ++i) metrics_[i]->load(in.scope("metrics").scope(text(i)));
}

void evaluate(const Judged& judged, Batches& batches, const Context& run, std::int64_t at_most,
              Scores& scores, Activity& activity) {
  const c10::NoGradGuard no_grad;
  Context context = run;
  context.is_training = false;
  scores.reset();
  batches.restart();
  activity.split = scores.split().c_str();
  for (std::int64_t done = 0; at_most == 0 || done < at_most; ++done) {
    activity.set("reading a batch");
    const Batch* batch = batches.next();
    if (batch == nullptr) break;
    context.ids = &batch->ids;
    activity.batch = batch;
    activity.set("forward of", &judged.model_slot);
    const Outputs outputs = judged.model.forward(*batch, context);
    activity.set("value of", &judged.loss_slot);
    const LossValue loss = judged.loss(outputs, *batch);
    scores.add(loss, outputs, *batch, activity);
  }
  activity.batch = nullptr;
  activity.split = nullptr;
}

}  // namespace assay::engine
