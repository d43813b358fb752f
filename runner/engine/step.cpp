#include "runner/engine/step.h"

#include <cmath>
#include <limits>
#include <utility>

#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/div.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>

#include "core/text.h"
#include "runner/engine/share.h"

namespace assay::engine {
namespace {

/// A 0-d tensor's number, where it costs nothing to look at it.
std::optional<double> known_value(const at::Tensor& scalar) {
  if (!scalar.is_cpu() || scalar.scalar_type() != at::kFloat) return std::nullopt;
  return static_cast<double>(*scalar.const_data_ptr<float>());
}

std::optional<GradScaler> make_scaler(Precision precision, at::Device device) {
  if (precision != Precision::fp16) return std::nullopt;
  return std::optional<GradScaler>(std::in_place, device);
}

std::optional<AveragedWeights> make_averages(const std::optional<EmaSection>& ema, Module& model) {
  if (!ema) return std::nullopt;
  return std::optional<AveragedWeights>(std::in_place, *ema, model);
}

/// What the losses of a batch's parts are divided by. The whole's count is only known after the last part, so
/// each is divided by what the first lets expect, and the gradients are corrected at the end if that was
/// wrong.
class SharedCount {
 public:
  explicit SharedCount(std::int64_t rows) : rows_(static_cast<double>(rows)) {}

  /// The part's share in the mean, to go backward from.
  at::Tensor share(const LossValue& loss, std::int64_t rows) {
    if (expected_ == 0) {
      const bool is_known = !loss.weight.defined() && loss.count > 0;
      expected_ = is_known ? loss.count * rows_ / static_cast<double>(rows) : rows_;
    }
    if (loss.weight.defined()) {
      weight_ = weight_.defined() ? weight_.add(loss.weight) : loss.weight;
    } else {
      count_ += loss.count;
    }
    return at::div(loss.sum, expected_);
  }

  /// After the last part. Does not wait for the device.
  void correct(at::TensorList gradients) const {
    const c10::NoGradGuard no_grad;
    if (weight_.defined()) {
      const at::Tensor total = weight_.detach().add(count_).clamp_min_(std::numeric_limits<float>::min());
      at::_foreach_mul_(gradients, total.reciprocal_().mul_(expected_));
    } else if (count_ != expected_) {
      at::_foreach_mul_(gradients, expected_ / count_);
    }
  }

 private:
  double rows_;
  double expected_ = 0;
  double count_ = 0;
  at::Tensor weight_;  // where counts are only known on the device
};

/// How many rows go through the model at once.
std::int64_t rows_per_part(const TrainSection& train, const Ranks* ranks) {
  const std::int64_t own =
      ranks == nullptr ? train.batch_size : share_of(train.batch_size, 0, ranks->size()).count;
  return (own + train.accumulate - 1) / train.accumulate;
}

/// Waits for the device.
LossOfStep value_of(const LossValue& loss) {
  return {loss.sum.item<double>(), loss.weight.defined() ? loss.weight.item<double>() : loss.count};
}

}  // namespace

TrainingStep::TrainingStep(const TrainJob& job, const StepParts& parts, at::Device device, const Pace& pace,
                           std::int64_t total_steps)
    : experiment_(job.experiment),
      train_(experiment_.train),
      parts_(parts),
      device_(device),
      pace_(pace),
      precision_(precision_of(train_.precision)),
      batch_parts_(rows_per_part(train_, parts.ranks)),
      looks_at_every_number_(train_.on_divergence == "rollback"),
      freezing_(freeze_rules(experiment_), *parts.parts.model, pace, total_steps),
      penalties_(job, *parts.parts.model, parts.activity),
      scaler_(make_scaler(precision_, device)),
      averages_(make_averages(train_.ema, *parts.parts.model)) {
  if (train_.capture) begin_to_capture(job);
}

void TrainingStep::begin_to_capture(const TrainJob& job) {
  const auto say = [&recorder = job.recorder](const std::string& why) {
    recorder.note("capture", "no: " + why);
  };
  const bool needs_closure = parts_.parts.optimizer->needs_closure();
  const std::string why = reason_against_capture(experiment_, job.prepared, device_, needs_closure);
  if (!why.empty()) return say(why);
  job.recorder.note("capture", "yes");
  captured_.emplace(make_cuda_graph(device_), parts_.parts.parameters, say);
}

std::string TrainingStep::run(const Batch& batch, Context& context, bool will_log) {
  freezing_.apply(parts_.loop.position.step);
  find_gradients(batch, context, Evaluation::first);
  unscale_and_clip();
  if (std::string broken = what_is_no_number(); !broken.empty()) return broken;
  parts_.reporter.announce_gradients(parts_.loop.position.step + 1, will_log);
  move_weights(batch, context);
  if (averages_) {
    parts_.activity.set("averaging the weights");
    averages_->follow(parts_.loop.position.step + 1);
  }
  parts_.activity.set("after the step");
  clear_gradients();
  return {};
}

void TrainingStep::find_gradients(const Batch& batch, Context& context, Evaluation which) {
  broken_.clear();
  if (parts_.ranks != nullptr) return find_gradients_together(batch, context);
  if (batch_parts_.rows_per_part() < batch.size()) return accumulate(batch, context);
  context.ids = &batch.ids;
  parts_.activity.batch = &batch;
  const auto eagerly = [&] { return passes(batch, context); };
  const Passed passed = captured_ ? captured_->run(batch, eagerly) : eagerly();
  if (which == Evaluation::again) return;
  if (passed.penalty.defined()) parts_.interval.add_penalty(passed.penalty);
  parts_.interval.add(passed.loss, passed.outputs, batch, parts_.activity);
}

Passed TrainingStep::passes(const Batch& batch, Context& context) {
  Passed passed;
  passed.loss = forward(batch, context, passed.outputs);
  if (starts_from_sums(passed.loss)) {
    backward_from_sum(passed.loss.sum, passed.loss.count);
    return passed;
  }
  objective_ = passed.loss.mean();
  if (!penalties_.is_empty()) {
    passed.penalty = penalty(batch.size());
    objective_ = objective_.add(passed.penalty);
  }
  backward(objective_);
  return passed;
}

// A batch that goes through the model in parts, which is how a large one fits into memory. The numbers are
// those of the whole: losses are sums over counts, and what is drawn at random follows the samples.
void TrainingStep::accumulate(const Batch& batch, Context& context) {
  SharedCount count(batch.size());
  batch_parts_.start(batch);
  while (const Batch* part = batch_parts_.next()) {
    context.ids = &part->ids;
    parts_.activity.batch = part;
    Outputs outputs;
    const LossValue loss = forward(*part, context, outputs);
    backward(count.share(loss, part->size()));
    parts_.interval.add(loss, outputs, *part, parts_.activity);
  }
  count.correct(gradients());
  context.ids = &batch.ids;
  parts_.activity.batch = &batch;
  add_penalties(batch.size());
}

// To gradients that are complete otherwise.
void TrainingStep::add_penalties(std::int64_t rows) {
  if (penalties_.is_empty()) return;
  const at::Tensor value = penalty(rows);
  if (parts_.ranks == nullptr || parts_.ranks->is_first()) parts_.interval.add_penalty(value);
  if (value.requires_grad()) backward(value);
}

// Each process goes backward from the sum over its part of the batch; what that is to be divided by is known
// when all have counted. Whether the loss is a number is seen by all alike, so that none goes on alone.
void TrainingStep::find_gradients_together(const Batch& part, Context& context) {
  const std::int64_t done = parts_.loop.position.step;
  const std::int64_t rows = pace_.samples_at(done + 1) - pace_.samples_at(done);
  const LossOfStep own = sum_over(part, context, rows);
  parts_.activity.set("adding up the gradients of all processes");
  const LossOfStep all = parts_.ranks->add_up(parts_.parts.parameters, own, rows);
  broken_.clear();
  if (!std::isfinite(all.sum)) broken_ = text("train/loss is ", all.sum / all.count);
  add_penalties(rows);
}

/// rows: of the whole batch.
LossOfStep TrainingStep::sum_over(const Batch& part, Context& context, std::int64_t rows) {
  LossOfStep all;
  batch_parts_.start(part);
  while (const Batch* piece = batch_parts_.next()) {
    context.ids = &piece->ids;
    parts_.activity.batch = piece;
    Outputs outputs;
    const LossValue loss = forward(*piece, context, outputs);
    backward_from_sum(loss.sum, static_cast<double>(rows));
    parts_.interval.add(loss, outputs, *piece, parts_.activity);
    const LossOfStep value = value_of(loss);
    all.sum += value.sum;
    all.count += value.count;
  }
  if (part.size() == 0) parts_.interval.add_nothing();
  context.ids = &part.ids;
  parts_.activity.batch = &part;
  return all;
}

LossValue TrainingStep::forward(const Batch& part, Context& context, Outputs& outputs) {
  const Autocast autocast(precision_, device_);
  parts_.activity.set("forward of", &experiment_.model);
  outputs = parts_.parts.model->forward(part, context);
  parts_.activity.set("value of", &experiment_.loss);
  LossValue loss = (*parts_.parts.loss)(outputs, part);
  watch("train/loss", loss.sum);
  return loss;
}

at::Tensor TrainingStep::penalty(std::int64_t rows) {
  at::Tensor value = penalties_.value(rows);
  watch("train/penalty", value);
  return value;
}

void TrainingStep::backward(const at::Tensor& objective) {
  parts_.activity.set("backward of", &experiment_.model);
  (scaler_ ? objective.mul(scaler_->scale()) : objective).backward();
}

// Where nobody asks for the mean itself.
bool TrainingStep::starts_from_sums(const LossValue& loss) const {
  return !loss.weight.defined() && penalties_.is_empty() && !scaler_ &&
         !parts_.parts.optimizer->needs_closure();
}

// The gradients are those of the mean: dividing what the backward pass starts with saves a division of the
// sum and the node behind it.
void TrainingStep::backward_from_sum(const at::Tensor& sum, double count) {
  if (!first_gradient_.defined() || first_count_ != count) {
    first_gradient_ = at::full({}, 1 / count, sum.options());
    first_count_ = count;
  }
  parts_.activity.set("backward of", &experiment_.model);
  sum.backward(first_gradient_);
}

void TrainingStep::unscale_and_clip() {
  norm_.reset();
  if (!scaler_ && !train_.clip) return;
  parts_.activity.set("clipping the gradients");
  const at::TensorList all = gradients();
  if (all.empty()) return;
  if (scaler_) optimizer_context_.found_inf = scaler_->unscale(all);
  if (train_.clip && train_.clip->norm) norm_ = clip_norm(all, *train_.clip->norm);
  if (train_.clip && train_.clip->value) clip_value(all, *train_.clip->value);
}

void TrainingStep::watch(const char* name, const at::Tensor& value) {
  std::optional<double> number = known_value(value);
  if (!number && looks_at_every_number_) number = value.item<double>();
  if (number && !std::isfinite(*number) && broken_.empty()) broken_ = text(name, " is ", *number);
}

// A gradient that is no number breaks the weights, and the loss of the step behind. With a scaler it is
// expected now and then, and the step is left out.
std::string TrainingStep::what_is_no_number() {
  if (!broken_.empty() || !looks_at_every_number_ || scaler_) return broken_;
  const at::TensorList all = gradients();
  if (all.empty()) return {};
  const double norm = (norm_.defined() ? norm_ : total_norm(all)).item<double>();
  return std::isfinite(norm) ? std::string() : text("the norm of the gradients is ", norm);
}

void TrainingStep::move_weights(const Batch& batch, Context& context) {
  parts_.activity.set("factor of", &experiment_.schedule);
  LoopState& loop = parts_.loop;
  loop.factor = parts_.parts.schedule->factor(loop.position.step) * lr_factor_;
  optimizer_context_.factor = loop.factor;
  parts_.activity.set("step of", &experiment_.optimizer);
  if (parts_.parts.optimizer->needs_closure()) {
    is_evaluated_ = true;
    optimizer_context_.closure = [&] { return evaluate_for_optimizer(batch, context); };
  }
  parts_.parts.optimizer->step(optimizer_context_);
  optimizer_context_.closure = nullptr;
  objective_.reset();
  if (scaler_) scaler_->update();
}

double TrainingStep::evaluate_for_optimizer(const Batch& batch, Context& context) {
  if (!std::exchange(is_evaluated_, false)) {
    clear_gradients();
    find_gradients(batch, context, Evaluation::again);
    parts_.activity.set("step of", &experiment_.optimizer);
  }
  return objective_.item<double>();
}

at::TensorList TrainingStep::gradients() {
  gradients_.clear();
  for (const at::Tensor& parameter : parts_.parts.parameters) {
    if (parameter.grad().defined()) gradients_.push_back(parameter.grad());
  }
  return gradients_;
}

// Without a gradient the next backward pass stores its own; with a zeroed one it would add to it.
void TrainingStep::clear_gradients() {
  gradients_.clear();
  for (const at::Tensor& parameter : parts_.parts.parameters) parameter.mutable_grad().reset();
}

void TrainingStep::begin_anew() {
  freezing_.begin_anew();
  clear_gradients();
}

std::vector<Scalar> TrainingStep::values() const {
  if (!norm_.defined()) return {};
  return {{"train/grad_norm", norm_.item<double>()}};
}

}  // namespace assay::engine
