#include "runner/engine/evaluation.h"

#include <algorithm>
#include <any>
#include <limits>

#include <ATen/ops/empty.h>
#include <ATen/ops/scalar_tensor.h>
#include <c10/core/GradMode.h>

#include "core/text.h"
#include "runner/engine/precision.h"

namespace assay::engine {
namespace {

/// Numbers in the passes of one batch: 16 MiB of f32.
constexpr std::int64_t largest_passes = std::int64_t{1} << 22;

bool looks_at_passes(const Slot<Metric>& slot) {
  const auto* facet = std::any_cast<TaskFacet>(&slot.component().facet);
  return facet != nullptr && facet->needs_passes;
}

}  // namespace

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

void LossMean::merge(const StateReader& other) {
  sum_.set(sum_.value() + other.real("sum"));
  weight_.set(weight_.value() + other.real("weight"));
  count_ += other.real("count");
  is_empty_ = is_empty_ && other.integer("is_empty") != 0;
}

Scores::Scores(std::string split, const std::vector<Slot<Metric>>& slots, const Implementations& parts,
               const Metric::Needs& needs, Passes passes)
    : split_(std::move(split)), slots_(slots) {
  for (const Slot<Metric>& slot : slots) {
    const bool is_left_out = passes == Passes::none && looks_at_passes(slot);
    metrics_.push_back(is_left_out ? nullptr : parts.build(slot, needs));
  }
}

void Scores::add(const LossValue& loss, const Outputs& outputs, const Batch& batch, Activity& activity) {
  loss_.add(loss);
  if (metrics_.empty()) return;
  const c10::NoGradGuard no_grad;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    if (!metrics_[i]) continue;
    activity.set("update of", &slots_[i]);
    metrics_[i]->update(outputs, batch);
  }
}

void Scores::add_penalty(const at::Tensor& value) {
  penalty_.add(value.detach());
  ++n_penalties_;
}

std::vector<Scalar> Scores::values() const {
  std::vector<Scalar> out{{split_ + "/loss", loss_.value()}};
  for (const auto& metric : metrics_) {
    if (!metric) continue;
    for (const Scalar& scalar : metric->values()) {
      out.push_back({text(split_, '/', scalar.name), scalar.value});
    }
  }
  if (n_penalties_ == 0) return out;
  const double penalty = penalty_.value() / static_cast<double>(n_penalties_);
  out.push_back({split_ + "/penalty", penalty});
  out.push_back({split_ + "/objective", loss_.value() + penalty});
  return out;
}

std::vector<NamedArray> Scores::arrays() const {
  std::vector<NamedArray> out;
  for (const auto& metric : metrics_) {
    if (!metric) continue;
    for (NamedArray& array : metric->arrays()) {
      out.push_back({text(split_, '/', array.name), std::move(array.values)});
    }
  }
  return out;
}

void Scores::reset() {
  loss_.reset();
  penalty_ = {};
  n_penalties_ = 0;
  for (const auto& metric : metrics_) {
    if (metric) metric->reset();
  }
}

// The metric that gives `name`, which is without the split.
const Slot<Metric>* Scores::find_slot(std::string_view name) const {
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    if (!metrics_[i]) continue;
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
  if (n_penalties_ > 0) {
    StateWriter penalty = out.scope("penalty");
    penalty.real("sum", penalty_.value());
    penalty.integer("count", n_penalties_);
  }
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    if (!metrics_[i]) continue;
    StateWriter metric = out.scope("metrics").scope(text(i));
    metrics_[i]->save(metric);
  }
}

void Scores::load(const StateReader& in) {
  loss_.load(in.scope("loss"));
  const bool has_penalty = in.has("penalty/sum");
  penalty_.set(has_penalty ? in.real("penalty/sum") : 0);
  n_penalties_ = has_penalty ? in.integer("penalty/count") : 0;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    if (metrics_[i]) metrics_[i]->load(in.scope("metrics").scope(text(i)));
  }
}

void Scores::merge(const StateReader& other) {
  loss_.merge(other.scope("loss"));
  if (other.has("penalty/sum")) {
    penalty_.set(penalty_.value() + other.real("penalty/sum"));
    n_penalties_ += other.integer("penalty/count");
  }
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    if (metrics_[i]) metrics_[i]->merge(other.scope("metrics").scope(text(i)));
  }
}

bool need_passes(const std::vector<Slot<Metric>>& slots) {
  return std::ranges::any_of(slots, looks_at_passes);
}

std::int64_t rows_at_once(const Experiment& experiment, const ModelFacts& facts) {
  const std::int64_t rows = experiment.evaluate.batch_size;
  if (!need_passes(experiment.metrics)) return rows;
  const std::int64_t numbers_a_row = experiment.predict.passes * std::max<std::int64_t>(1, facts.outputs());
  return std::clamp<std::int64_t>(largest_passes / numbers_a_row, 1, rows);
}

namespace {

/// The scores of every pass: [passes, batch, ...]. Pass number p draws what epoch p would.
at::Tensor all_passes(const Judged& judged, const Batch& batch, const Context& run) {
  const PredictSection& predict = judged.experiment.predict;
  at::Tensor passes;
  for (std::int64_t pass = 0; pass < predict.passes; ++pass) {
    Context context = run;
    context.draws_in_evaluation = predict.dropout;
    context.draw = static_cast<std::uint32_t>(pass);
    const at::Tensor scores = judged.model.forward(batch, context).scores();
    if (!passes.defined()) {
      std::vector<std::int64_t> sizes = scores.sizes().vec();
      sizes.insert(sizes.begin(), predict.passes);
      passes = at::empty(sizes, scores.options());
    }
    passes.select(0, pass).copy_(scores);
  }
  return passes;
}

}  // namespace

void evaluate(const Judged& judged, Batches& batches, const Context& run, std::int64_t at_most,
              Scores& scores, Activity& activity) {
  const c10::NoGradGuard no_grad;
  const Precision precision = precision_of(judged.experiment.train.precision);
  const bool has_passes = need_passes(judged.experiment.metrics);
  Context context = run;
  context.is_training = false;
  scores.reset();
  batches.restart();
  activity.split = scores.split().c_str();
  std::int64_t rows = 0;
  for (std::int64_t done = 0; at_most == 0 || done < at_most; ++done) {
    activity.set("reading a batch");
    const Batch* batch = batches.next();
    if (batch == nullptr) break;
    context.ids = &batch->ids;
    activity.batch = batch;
    Outputs outputs;
    LossValue loss;
    {
      const Autocast autocast(precision, judged.device);
      activity.set("forward of", &judged.experiment.model);
      outputs = judged.model.forward(*batch, context);
      if (has_passes) outputs.tensors.set("passes", all_passes(judged, *batch, context));
      activity.set("value of", &judged.experiment.loss);
      loss = judged.loss(outputs, *batch);
    }
    scores.add(loss, outputs, *batch, activity);
    rows += batch->size();
    if (judged.on_progress != nullptr) (*judged.on_progress)(rows);
  }
  activity.batch = nullptr;
  activity.split = nullptr;
}

}  // namespace assay::engine
