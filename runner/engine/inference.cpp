#include "runner/engine/inference.h"

#include <utility>

#include <ATen/ops/argmax.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include "core/text.h"
#include "registry/contracts/tensor/arrays.h"
#include "runner/engine/evaluation.h"
#include "runner/engine/machine.h"
#include "runner/engine/parts.h"

namespace assay::engine {

// Source: Welford 1962, Note on a method for calculating corrected sums of squares and products.
void Inference::Moments::add(const at::Tensor& values) {
  if (++count == 1) {
    mean = values.clone();
    squares = at::zeros_like(values);
    return;
  }
  const at::Tensor shift = values.sub(mean);
  mean.add_(shift.div(static_cast<double>(count)));
  squares.add_(shift.mul(values.sub(mean)));
}

void Inference::run(const std::function<void()>& body) {
  try {
    build();
    body();
  } catch (...) {
    throw as_error(std::current_exception(), activity_);
  }
}

void Inference::build() {
  const Experiment& experiment = job_.experiment;
  device_ = find_device(experiment.device);
  configure(experiment, device_);
  model_ = build_model(experiment, job_.prepared, job_.parts, device_, activity_);
  activity_.set("building of", &experiment.loss);
  loss_ = job_.parts.build(experiment.loss, Loss::Needs{job_.prepared.facts.task, device_});
  activity_.set("loading the checkpoint");
  load_weights();
  activity_.set("copying the data to the device");
  data_.emplace(experiment, job_.prepared, job_.parts, device_);
  batches_.emplace(*data_, rows_at_once(experiment, job_.prepared.facts));
  batches_->start(job_.rows);
}

void Inference::load_weights() {
  const StateReader in(job_.checkpoint);
  model_->load(in.scope("model"));
  if (!job_.experiment.train.ema) return;
  averages_.emplace(*job_.experiment.train.ema, *model_);
  averages_->load(in.scope("ema"));
}

Context Inference::context() const {
  const StateReader position = StateReader(job_.checkpoint).scope("position");
  Context context;
  context.seed = static_cast<std::uint64_t>(job_.experiment.seed);
  context.step = position.integer("step");
  context.draw = static_cast<std::uint32_t>(position.integer("epoch"));
  return context;
}

Evaluation Inference::evaluate(const std::string& split) {
  Evaluation out;
  run([&] {
    const Experiment& experiment = job_.experiment;
    activity_.set("building the metrics");
    Scores scores(split, experiment.metrics, job_.parts, metric_needs(job_.prepared, *loss_, device_),
                  Scores::Passes::many);
    const JudgedWeights judged(averages_ ? &*averages_ : nullptr);
    const auto* on_progress = job_.on_progress ? &job_.on_progress : nullptr;
    engine::evaluate({*model_, *loss_, experiment, device_, on_progress}, *batches_, context(), /*at_most=*/0,
                     scores, activity_);
    activity_.set("reading the metrics");
    out.scalars = scores.values();
    for (NamedArray& array : scores.arrays()) out.arrays.push_back({array.name, std::move(array.values)});
    out.are_averaged = are_averaged();
  });
  return out;
}

bool Inference::has_passes() const {
  const PredictSection& predict = job_.experiment.predict;
  return predict.passes > 1 || predict.dropout;
}

Inference::Moments Inference::passes_over(const Batch& batch) {
  const PredictSection& predict = job_.experiment.predict;
  const Precision precision = precision_of(job_.experiment.train.precision);
  Moments moments;
  for (std::int64_t pass = 0; pass < (has_passes() ? predict.passes : 1); ++pass) {
    Context drawn = context();
    drawn.ids = &batch.ids;
    drawn.draws_in_evaluation = has_passes() && predict.dropout;
    if (has_passes()) drawn.draw = static_cast<std::uint32_t>(pass);
    activity_.set("forward of", &job_.experiment.model);
    at::Tensor scores;
    {
      const Autocast autocast(precision, device_);
      scores = model_->forward(batch, drawn).scores();
    }
    activity_.set("predictions of", &job_.experiment.loss);
    moments.add(values_of(scores));
    if (pass == 0) moments.first_scores = scores;
  }
  return moments;
}

at::Tensor Inference::values_of(const at::Tensor& scores) const {
  const Task& task = job_.prepared.facts.task;
  const auto expect = [&](const at::Tensor& values) {
    if (values.dim() == 2 && values.size(1) == task.outputs) return;
    throw Error(Kind::run, text("the model gives ", shape_text(values.sizes().vec()), ", which is not ",
                                count_text(task.outputs, "value"), " a row"));
  };
  if (task.kind == Task::Kind::classification) {
    const at::Tensor probabilities = loss_->probabilities(scores.to(at::kDouble));
    expect(probabilities);
    return probabilities.to(at::kCPU);
  }
  const at::Tensor predicted = loss_->predictions(scores.to(at::kFloat));
  expect(predicted);
  const at::Tensor here = predicted.to(at::kCPU).contiguous();
  return tensor_over(job_.prepared.invert_targets(view_of(here))).to(at::kDouble);
}

namespace {

/// [rows, ...] of what comes batch by batch.
class Filled {
 public:
  Filled(std::int64_t rows, std::int64_t values, at::ScalarType type)
      : all_(values > 0 ? at::empty({rows, values}, type) : at::empty({rows}, type)) {}

  void add(const at::Tensor& batch) {
    all_.narrow(0, done_, batch.size(0)).copy_(batch);
    done_ += batch.size(0);
  }
  Array take() const { return array_of(all_); }

 private:
  at::Tensor all_;
  std::int64_t done_ = 0;
};

}  // namespace

Predictions Inference::predict() {
  Predictions out;
  run([&] {
    const c10::NoGradGuard no_grad;
    const JudgedWeights judged(averages_ ? &*averages_ : nullptr);
    const bool has_classes = job_.prepared.facts.task.kind == Task::Kind::classification;
    const std::int64_t rows = std::ssize(job_.rows), values = job_.prepared.facts.task.outputs;
    Filled all(rows, values, at::kDouble), spread(has_passes() ? rows : 0, values, at::kDouble);
    Filled classes(has_classes ? rows : 0, 0, at::kLong);
    activity_.set("reading a batch");
    std::int64_t done = 0;
    while (const Batch* batch = batches_->next()) {
      activity_.batch = batch;
      const Moments moments = passes_over(*batch);
      all.add(moments.mean);
      if (has_passes()) spread.add(moments.squares.div(static_cast<double>(moments.count)).sqrt());
      // Of one pass the scores decide, as for metrics: two probabilities may round to one number.
      if (has_classes)
        classes.add(at::argmax(has_passes() ? moments.mean : moments.first_scores, 1).to(at::kCPU));
      done += batch->size();
      if (job_.on_progress) job_.on_progress(done);
      activity_.set("reading a batch");
      activity_.batch = nullptr;
    }
    out.values = all.take();
    if (has_classes) out.classes = classes.take();
    if (has_passes()) out.spread = spread.take();
    out.are_averaged = are_averaged();
  });
  return out;
}

}  // namespace assay::engine
