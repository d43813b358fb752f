#include "runner/engine/training.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ops/isfinite.h>
#include <c10/core/GradMode.h>

#include "core/text.h"
#include "registry/contracts/tensor/arrays.h"
#include "runner/engine/epoch_rows.h"
#include "runner/engine/machine.h"
#include "runner/engine/refusals.h"
#include "runner/engine/share.h"
#include "runner/engine/trace.h"

namespace assay::engine {
namespace {

std::string message_of(const Error& error) {
  if (error.problems().size() != 1) return error.what();
  const Problem& problem = error.problems().front();
  std::string out = to_string(problem.where);
  if (!out.empty()) out += ": ";
  if (!problem.path.empty()) out += problem.path + ' ';
  out += problem.message;
  if (!problem.hint.empty()) out += "\n  hint: " + problem.hint;
  return out;
}

/// What ended a run, in parts, for programs that read its record. rows: of the last batch; null before it.
Json failure_json(const Error& error, const Activity& activity, std::int64_t step,
                  const std::vector<std::int64_t>* rows) {
  Json json = Json::map();
  json.set("kind", to_string(error.kind()));
  json.set("message", error.problems().empty() ? error.what() : error.problems().front().message);
  json.set("step", step);
  json.set("place", to_string(activity));
  json.set("hint", error.problems().empty() ? std::string() : error.problems().back().hint);
  if (rows != nullptr) json.set("rows", Json(Json::List(rows->begin(), rows->end())));
  return json;
}

const Scalar* find(const std::vector<Scalar>& row, std::string_view name) {
  const auto found =
      std::find_if(row.begin(), row.end(), [&](const Scalar& scalar) { return scalar.name == name; });
  return found == row.end() ? nullptr : &*found;
}

/// Holds nan or inf; empty if none does. Waits for the device.
std::string first_broken_weight(Module& model) {
  for (const auto& [name, tensor] : model.parameters()) {
    if (!at::isfinite(*tensor).all().item<bool>()) return name;
  }
  return {};
}

}  // namespace

Training::Training(const TrainJob& job, const Clock& clock)
    : job_(job), experiment_(job.experiment), prepared_(job.prepared), clock_(clock), reporter_(job) {}

Outcome Training::run() {
  started_s_ = clock_.monotonic_s();
  try {
    find_others();
    build();
    announce();
    if (resume_ != nullptr) go_on();
    train();
    close();
  } catch (...) {
    return fail(as_error(std::current_exception(), activity_));
  }
  if (is_stopped_) return finish(Outcome::Status::stopped, stopped_text());
  return finish(Outcome::Status::finished, "");
}

// ---- Before the first step.

void Training::find_others() {
  resume_ = job_.resume;
  if (job_.place != nullptr) {
    activity_.set("waiting for the other processes");
    ranks_.emplace(*job_.place, job_.stop);
    resume_ = ranks_->share(job_.resume);
  }
  started_s_ = clock_.monotonic_s() - (resume_ == nullptr ? 0 : resume_->seconds);
}

void Training::build() {
  device_ = find_device(experiment_.device);
  if (ranks_) refuse_to_share(experiment_, device_);
  configure(experiment_, device_);
  const TrainSection& train = experiment_.train;
  pace_ = {static_cast<std::int64_t>(prepared_.rows.train.size()), train.batch_size, train.drop_last};
  refuse_the_impossible(job_, pace_, device_);
  bounds_ = bounds_of(train.until, pace_);
  log_every_.emplace(train.log_every, "train.log_every", pace_, bounds_.steps);
  evaluate_every_.emplace(experiment_.evaluate.every, "evaluate.every", pace_, bounds_.steps);
  save_every_.emplace(experiment_.checkpoint.every, "checkpoint.every", pace_, bounds_.steps);
  restore_every_.emplace(train.rollback.every, "train.rollback.every", pace_, bounds_.steps);

  parts_ = build_parts(job_, device_, pace_, bounds_.steps, activity_);
  refuse_beside_closures(experiment_, *parts_.optimizer);
  build_splits();
  Ranks* ranks = ranks_ ? &*ranks_ : nullptr;
  step_.emplace(job_, StepParts{parts_, reporter_, activity_, *interval_, loop_, ranks}, device_, pace_,
                bounds_.steps);
  const auto is_better_high = [this](std::string_view metric) { return interval_->is_better_high(metric); };
  parts_.observers = build_observers(job_, *parts_.model, *parts_.optimizer, is_better_high, activity_);
  reporter_.set_observers(parts_.observers);

  const auto seed = static_cast<std::uint64_t>(experiment_.seed);
  shuffle_ = Stream(seed, "shuffle");
  context_.seed = seed;
  context_.is_training = true;
  // Schedules and rhythms are those of the whole run; the run itself ends after one step.
  if (job_.is_fast) bounds_ = {.steps = 1, .seconds = 0, .steps_text = "1 step", .seconds_text = {}};
}

void Training::build_splits() {
  activity_.set("copying the data to the device");
  data_.emplace(experiment_, prepared_, job_.parts, device_);
  if (ranks_) {
    batches_.emplace(*data_, share_of(pace_.batch_size, ranks_->rank(), ranks_->size()).count);
  } else {
    batches_.emplace(*data_, pace_.batch_size, pace_.drops_last);
  }
  activity_.set("building the metrics");
  const Metric::Needs needs = metric_needs(prepared_, *parts_.loss, device_);
  interval_.emplace("train", experiment_.metrics, job_.parts, needs, Scores::Passes::none);
  const SplitRows& rows = prepared_.rows;
  if (!rows.valid.empty()) valid_.emplace("valid", judged_rows(rows.valid), *data_, job_, needs);
  if (!rows.test.empty()) test_.emplace("test", judged_rows(rows.test), *data_, job_, needs);
}

// Of a fast run one batch is judged, by rank 0.
std::vector<std::int64_t> Training::judged_rows(const std::vector<std::int64_t>& rows) const {
  if (!ranks_) return rows;
  const std::int64_t at_once = rows_at_once(experiment_, prepared_.facts);
  const auto count = static_cast<std::int64_t>(rows.size());
  const std::int64_t used = job_.is_fast ? std::min(count, at_once) : count;
  return rows_to_judge({rows.begin(), rows.begin() + used}, at_once, ranks_->rank(), ranks_->size());
}

Training::Judging::Judging(const char* split, std::vector<std::int64_t> rows, const DeviceData& data,
                           const TrainJob& job, const Metric::Needs& needs)
    : batches(data, rows_at_once(job.experiment, job.prepared.facts)),
      scores(split, job.experiment.metrics, job.parts, needs, Scores::Passes::many) {
  batches.start(std::move(rows));
}

void Training::announce() {
  note_machine(job_.recorder, device_, parts_.parameter_count);
  reporter_.emit(RunStarted{bounds_.steps, pace_.steps_per_epoch(), bounds_.seconds, parts_.parameter_count,
                            device_.str(), static_cast<int>(experiment_.threads.count)});
}

// After RunStarted, so that an observer that prepares itself there has its state when it is given back.
void Training::go_on() {
  activity_.set("loading the checkpoint");
  restore(*resume_, stateful_parts());
  resume_->state = {};  // as large as the model and its optimizer
  resume_->best = {};
  reporter_.go_on_with(resume_->latest, loop_.wants_evaluation);
  step_->set_lr_factor(divergences_.lr_factor);
  go_on_with_rhythms();
  // Another record than the run's: the step behind the state is all that is asked for.
  if (job_.is_traced) bounds_ = {position().step + 1, 0, "1 step", {}};
}

void Training::go_on_with_rhythms() {
  const double seconds = decisive_s();
  for (std::optional<Recurrence>* every : {&log_every_, &evaluate_every_, &save_every_, &restore_every_}) {
    (*every)->go_on_after(position().step, seconds);
  }
}

// ---- Of several processes, what is the same in all.

std::vector<Scalar> Training::values_of(Scores& scores) {
  return ranks_ ? ranks_->values_of(scores) : scores.values();
}

bool Training::is_better_high(const std::string& metric) {
  const bool is_high = valid_->scores.is_better_high(metric);  // whoever judged no row goes by the name alone
  return ranks_ ? ranks_->first_says(is_high) : is_high;
}

void Training::expect_same_weights(const std::string& digest) {
  if (ranks_) ranks_->expect_same_weights(digest, position().step);
}

// Several processes look at the loss of all of them in each step; that of one may be of no row at all.
void Training::expect_interval_converges() const {
  if (!ranks_ && !interval_->is_empty()) check_converges("train/loss", interval_->loss());
}

bool Training::is_stop_asked() const {
  if (ranks_) return ranks_->decisive().is_stop_asked;
  return job_.stop != nullptr && job_.stop->load(std::memory_order_relaxed);
}

double Training::decisive_s() const { return ranks_ ? ranks_->decisive().seconds : elapsed(); }

// ---- Steps.

void Training::train() {
  if (job_.profile != nullptr) profiling_.emplace(*job_.profile, activity_, device_);
  look_whether_over();
  if (rolls_back() && !restore_point_.is_taken()) take_restore_point();
  while (!is_over()) {
    try {
      advance();
    } catch (const Diverged& diverged) {
      if (!can_roll_back()) throw;
      roll_back(diverged);
    }
  }
  if (profiling_) profiling_->finish();
}

void Training::advance() {
  if (profiling_) profiling_->before_step();
  if (!is_epoch_open_) start_epoch();
  step();
  after_step();
  if (position().batch_in_epoch == pace_.steps_per_epoch()) finish_epoch();
  look_whether_over();
  if (is_over()) return;
  if (rolls_back() && restore_every_->is_due(position().step, 0)) take_restore_point();
  save_if_due();
}

void Training::start_epoch() {
  context_.draw = static_cast<std::uint32_t>(position().epoch);
  batches_->start(rows_of_epoch(), position().batch_in_epoch, context_);
  is_epoch_open_ = true;
  if (position().batch_in_epoch == 0) reporter_.emit(EpochStarted{position().epoch});
}

std::vector<std::int64_t> Training::rows_of_epoch() {
  std::vector<std::int64_t> rows = epoch_rows(experiment_.train, prepared_, shuffle_.at(context_.draw, 0));
  if (!ranks_) return rows;
  return rows_to_train_on(rows, pace_.batch_size, pace_.drops_last, ranks_->rank(), ranks_->size());
}

void Training::step() {
  activity_.step = position().step + 1;
  activity_.set("reading a batch");
  const Batch& batch = next_batch();
  activity_.batch = &batch;
  context_.step = position().step;
  will_log_ = is_row_due();
  const std::string broken = train_on(batch);
  activity_.batch = nullptr;
  ++loop_.position.step;
  ++loop_.position.batch_in_epoch;
  loop_.position.samples += pace_.samples_at(position().step) - pace_.samples_at(position().step - 1);
  if (!broken.empty()) diverge(broken);
}

const Batch& Training::next_batch() {
  if (ranks_) ranks_->say({job_.stop != nullptr && job_.stop->load(std::memory_order_relaxed), elapsed()});
  const Batch* batch = batches_->next();
  ASSAY_ASSERT(batch != nullptr || ranks_);
  return batch != nullptr ? *batch : nothing_;
}

std::string Training::train_on(const Batch& batch) {
  if (divergences_.pass_over(position().step)) {
    loop_.factor = parts_.schedule->factor(position().step) * divergences_.lr_factor;
    return {};
  }
  std::optional<OperationTrace> trace;
  if (job_.is_traced) trace.emplace(*parts_.model, activity_);
  std::string broken = step_->run(batch, context_, will_log_);
  if (trace) job_.recorder.note("trace", trace->found(batch));
  if (!broken.empty() && !can_roll_back()) keep_bundle(batch);
  return broken;
}

bool Training::is_row_due() {
  const std::int64_t next = position().step + 1;
  return log_every_->is_due(next, log_every_->needs_time() ? decisive_s() : 0) || next == bounds_.steps;
}

void Training::after_step() {
  const std::int64_t now = position().step;
  const double seconds = evaluate_every_->needs_time() ? decisive_s() : 0;
  if (will_log_ && !interval_->is_empty()) {  // empty: all its steps were passed over
    const std::vector<Scalar> row = log_interval();
    reporter_.emit(StepDone{now, position().epoch, &row});
  } else {
    reporter_.emit(StepDone{now, position().epoch, nullptr});
  }
  if (evaluate_every_->is_due(now, seconds)) evaluate_valid();
  // What they ask for while this is answered waits for the next step: two cannot keep each other busy.
  if (reporter_.take_evaluation() && loop_.evaluated_at != now) evaluate_valid();
}

void Training::finish_epoch() {
  is_epoch_open_ = false;
  loop_.position.batch_in_epoch = 0;
  if (ranks_) ranks_->share_buffers(*parts_.model);
  const std::string digest = weights_digest(*parts_.model);
  expect_same_weights(digest);
  reporter_.emit(EpochDone{loop_.position.epoch++, position().step, digest});
}

void Training::look_whether_over() {
  if (is_over()) return;  // a run that goes on may have been at its end
  if (bounds_.steps > 0 && position().step >= bounds_.steps) {
    loop_.over_why = bounds_.steps_text;
  } else if (!reporter_.stop_reason().empty()) {
    loop_.over_why = reporter_.stop_reason();
  } else if (bounds_.seconds > 0 && decisive_s() >= bounds_.seconds) {
    loop_.over_why = bounds_.seconds_text;
  } else if (is_stop_asked()) {
    is_stopped_ = true;
  }
}

std::string Training::stopped_text() const { return text("stopped at step ", position().step); }

// ---- What is logged, judged and kept.

std::vector<Scalar> Training::log_interval() {
  activity_.set("logging");
  std::vector<Scalar> row = values_of(*interval_);
  for (Scalar& scalar : step_->values()) row.push_back(std::move(scalar));
  row.push_back({"train/lr", parts_.optimizer->learning_rate() * loop_.factor});
  interval_->reset();
  reporter_.log(position().step, epochs_done(), row);
  check_converges("train/loss", row.front().value);
  return row;
}

void Training::evaluate_valid() {
  loop_.evaluated_at = position().step;
  expect_interval_converges();
  if (!valid_) return;
  const JudgedWeights judged(step_->averages());
  const std::vector<Scalar> row = judge(*valid_, position().step);
  const double loss = row.front().value;
  parts_.schedule->observe(loss);
  keep_if_best(row);
}

std::vector<Scalar> Training::judge(Judging& judging, std::int64_t at_step) {
  if (ranks_) ranks_->share_buffers(*parts_.model);
  evaluate({*parts_.model, *parts_.loss, experiment_, device_}, judging.batches, context_,
           job_.is_fast ? 1 : 0, judging.scores, activity_);
  std::vector<Scalar> row = values_of(judging.scores);
  const std::int64_t epoch = at_step / pace_.steps_per_epoch();
  reporter_.log(at_step, epoch, row);
  for (const NamedArray& array : judging.scores.arrays())
    job_.recorder.array(at_step, array.name, array.values);
  reporter_.emit(Evaluated{at_step, epoch, judging.scores.split(), row});
  check_converges(row.front().name, row.front().value);
  return row;
}

void Training::keep_if_best(const std::vector<Scalar>& row) {
  const std::optional<std::string>& metric = experiment_.checkpoint.keep_best;
  if (!metric) return;
  const Scalar* now = find(row, *metric);
  if (now == nullptr) {
    std::vector<std::string> names;
    for (const Scalar& scalar : row) names.push_back(scalar.name);
    throw Error(Kind::config, Problem{{},
                                      "checkpoint.keep_best",
                                      text("is ", *metric, ", which no metric gives"),
                                      suggest(*metric, names)});
  }
  if (!is_best_high_) is_best_high_ = is_better_high(*metric);
  const bool is_better = *is_best_high_ ? now->value > best_.value : now->value < best_.value;
  if (std::isnan(now->value) || (best_.is_known() && !is_better)) return;
  best_.step = position().step;
  best_.value = now->value;
  best_.rollbacks = divergences_.count;
  best_.weights.take(*parts_.model);
  is_new_best_ = true;
}

// The one place for checkpoints of a run that is not over: all that belongs to the step has happened.
void Training::save_if_due() {
  const bool is_due = save_every_->is_due(position().step, save_every_->needs_time() ? decisive_s() : 0);
  const bool is_wanted = reporter_.take_save();
  if (!is_due && !is_wanted && !is_new_best_) return;
  // The next row or evaluation ends a run that diverged; nobody should go on from here.
  if (!ranks_ && !interval_->is_empty() && !std::isfinite(interval_->loss())) return;
  save(/*is_final=*/false);
}

void Training::save(bool is_final) {
  activity_.set("saving a checkpoint");
  if (ranks_) {
    ranks_->share_buffers(*parts_.model);
    expect_same_weights(weights_digest(*parts_.model));
  }
  loop_.wants_evaluation = reporter_.wants_evaluation();
  const bool is_best = std::exchange(is_new_best_, false);
  const CheckpointInfo info{position().step, epochs_done(), is_best, is_best ? best_.value : 0, is_final};
  std::string file = job_.recorder.checkpoint(info, checkpoint_state(stateful_parts()));
  reporter_.emit(CheckpointSaved{position().step, std::move(file), is_best});
}

StatefulParts Training::stateful_parts() {
  return {*parts_.model,
          *parts_.optimizer,
          *parts_.schedule,
          parts_.observers,
          *interval_,
          prepared_,
          step_->averages(),
          step_->scaler(),
          rolls_back() ? &divergences_ : nullptr,
          rolls_back() ? &restore_point_ : nullptr,
          ranks_ ? &*ranks_ : nullptr,
          loop_,
          best_,
          experiment_.checkpoint.keep_best.value_or("")};
}

// The row shows what it was; it also says so, where the loss itself is the number that broke.
void Training::diverge(const std::string& what) {
  if (!can_roll_back()) log_interval();
  throw diverged(what);
}

Diverged Training::diverged(const std::string& what) const {
  return {what, position().step, parts_.optimizer->learning_rate()};
}

void Training::check_converges(const std::string& name, double loss) const {
  if (std::isfinite(loss)) return;
  throw diverged(text(name, " is ", loss));
}

// ---- Going back.

// Weights that the step behind us broke are no place to go back to.
void Training::take_restore_point() {
  activity_.set("taking a restore point");
  const std::string name = first_broken_weight(*parts_.model);
  if (!name.empty()) throw diverged(text("weight ", name, " is no number"));
  loop_.wants_evaluation = reporter_.wants_evaluation();
  restore_point_.take(undoable_state(stateful_parts()), reporter_.latest());
}

void Training::roll_back(const Diverged& diverged) {
  activity_.set("going back to a restore point");
  ++divergences_.count;
  divergences_.lr_factor *= experiment_.train.rollback.lr_factor;
  divergences_.passed_over.push_back(position().step - 1);
  if (std::exchange(is_new_best_, false)) best_ = {};  // its weights are in no checkpoint
  go_back(restore_point_.state(), stateful_parts());
  step_->begin_anew();
  step_->set_lr_factor(divergences_.lr_factor);
  reporter_.go_on_with(restore_point_.latest(), loop_.wants_evaluation);
  go_on_with_rhythms();
  is_epoch_open_ = false;
  reporter_.emit(RolledBack{
      position().step, text(diverged.problems().front().message, "; its batch is passed over from here on")});
}

// What `assay replay` repeats the step with. Failing to write it must not hide why the run failed.
void Training::keep_bundle(const Batch& batch) {
  State state = undoable_state(stateful_parts());
  std::erase_if(state, [](const StateEntry& entry) { return entry.name.starts_with("interval/"); });
  StateWriter out(state);
  for (const auto& [name, tensor] : parts_.model->parameters()) {
    if (tensor->grad().defined()) save_tensor(out, "gradients/" + name, tensor->grad());
  }
  out.array("batch/rows", Array::of(batch.ids));
  try {
    job_.recorder.keep("diverged", state);
  } catch (const Error&) {
  }
}

// ---- The end.

// A stopped run goes on later: it must then log and judge what an uninterrupted one would have.
void Training::close() {
  if (is_stopped_) {
    expect_interval_converges();
    save(/*is_final=*/false);
  } else {
    if (!interval_->is_empty()) log_interval();
    if (loop_.evaluated_at != position().step) evaluate_valid();
    check_weights();
    save(/*is_final=*/true);
    test();
  }
  activity_.set("waiting for the checkpoint to be on disk");
  job_.recorder.settle();
  if (ranks_) ranks_->meet();
  if (data_->is_read_ahead()) job_.recorder.note("waited_for_data_s", batches_->waited_s());
  reporter_.emit(RunDone{position().step, is_stopped_ ? stopped_text() : loop_.over_why});
}

// The last step may have broken the weights after its loss was seen.
void Training::check_weights() {
  const std::string name = first_broken_weight(*parts_.model);
  if (name.empty()) return;
  throw Error(
      Kind::run, text("diverged: weight ", name, " holds nan or inf after step ", position().step),
      text("a lower optimizer.lr (now ", parts_.optimizer->learning_rate(), ") or a warm-up often helps"));
}

void Training::test() {
  const std::string which =
      experiment_.evaluate.test.value_or(experiment_.checkpoint.keep_best ? "best" : "last");
  if (!test_ || which == "never") return;
  const bool with_best = which == "best" && best_.is_known();
  if (with_best) best_.weights.give_back(*parts_.model);
  const JudgedWeights judged(with_best ? nullptr : step_->averages());
  judge(*test_, with_best ? best_.step : position().step);
}

Outcome Training::finish(Outcome::Status status, std::string message) {
  Outcome outcome{status,           std::move(message), position().step,
                  position().epoch, elapsed(),          reporter_.latest()};
  if (best_.is_known()) {
    outcome.metrics.push_back({"best/" + *experiment_.checkpoint.keep_best, best_.value});
    outcome.metrics.push_back({"best/step", static_cast<double>(best_.step)});
  }
  job_.recorder.finish(outcome);
  return outcome;
}

// Whoever asked hears of the failure first; a second one, while they are told, is only thrown if there is
// none.
Outcome Training::fail(const Error& error) {
  const bool is_of_the_run = error.kind() == Kind::run;
  const std::string message = message_of(error);
  if (ranks_) ranks_->leave(message);
  try {
    job_.recorder.note("failure", failure_json(error, activity_, position().step, context_.ids));
    reporter_.emit(RunFailed{position().step, message});
  } catch (const std::exception&) {  // an observer or the record: the first error says what happened
  }
  try {
    Outcome outcome = finish(Outcome::Status::failed, message);
    if (is_of_the_run) return outcome;
  } catch (const Error&) {
    if (is_of_the_run) throw;
  }
  throw error;
}

}  // namespace assay::engine
