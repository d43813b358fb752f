#include "runner/sweep/attempt.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/io/loose_files.h"
#include "core/text.h"
#include "runner/config/canonical.h"
#include "runner/prepare/prepare.h"
#include "runner/store/json_at.h"
#include "runner/store/read_record.h"
#include "runner/store/record_writer.h"
#include "runner/store/run_id.h"
#include "runner/store/trial_record.h"

namespace assay::sweep {
namespace {

constexpr double forever_s = 1e9;
constexpr std::size_t most_cached_bytes = 512U << 20U;

std::size_t bytes_of(const Prepared& prepared) {
  std::size_t bytes = prepared.target.bytes();
  for (const Array& input : prepared.inputs) bytes += input.bytes();
  if (prepared.windows) bytes += prepared.windows->series.bytes();
  return bytes;
}

std::string identity_of(const LoadedConfig& config, const Prepared& prepared) {
  std::vector<std::string> digests;
  for (const DataFile& file : prepared.files) digests.push_back(file.sha256);
  return store::run_id(canonical_json(config.identity), std::move(digests));
}

std::optional<double> metric_in(const std::vector<Scalar>& scalars, const std::string& name) {
  for (const Scalar& scalar : scalars) {
    if (scalar.name == name) return scalar.value;
  }
  return std::nullopt;
}

/// The value that counts: of the weights that were kept, where they are kept by the objective; else the last.
std::optional<double> objective_in(const std::vector<Scalar>& metrics, const Study& study) {
  if (!study.objective()) return std::nullopt;
  const std::string& name = study.objective()->metric;
  const auto& kept_by = study.config().experiment.checkpoint.keep_best;
  if (kept_by && *kept_by == name) {
    if (const auto best = metric_in(metrics, "best/" + name)) return best;
  }
  return metric_in(metrics, name);
}

/// Follows a trial: passes evaluations of the objective on, and asks the engine to end it.
class Watch final : public Listener {
 public:
  /// seconds: trained by the attempts that this one goes on from.
  Watch(const Study& study, const AttemptOrder& order, double seconds) : study_(study), order_(order) {
    if (const auto& limit = study.section().limit)
      ends_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                                 std::min(limit->time.amount, forever_s) - seconds));
  }

  void on(const Event& event) override {
    if (const auto* started = std::get_if<RunStarted>(&event)) {
      run_ = *started;
    } else if (const auto* step = std::get_if<StepDone>(&event)) {
      if (order_.stop != nullptr && order_.stop->load(std::memory_order_relaxed)) stop_ = true;
      if (ends_ && Clock::now() >= *ends_) is_out_of_time_ = stop_ = true;
      if (step->scalars != nullptr && order_.on_progress) order_.on_progress(share(step->step));
    } else if (const auto* evaluated = std::get_if<Evaluated>(&event)) {
      look_at(*evaluated);
    }
  }

  const std::atomic<bool>& stop() const { return stop_; }
  Decision decision() const { return decision_; }
  bool is_out_of_time() const { return is_out_of_time_; }

 private:
  using Clock = std::chrono::steady_clock;

  double share(std::int64_t step) const {
    return run_.total_steps > 0 ? static_cast<double>(step) / static_cast<double>(run_.total_steps) : 0;
  }

  void look_at(const Evaluated& event) {
    if (!order_.on_evaluation || !study_.objective() || event.split != "valid") return;
    const auto value = metric_in(event.scalars, study_.objective()->metric);
    if (!value) return;
    const double epochs = run_.steps_per_epoch > 0
                              ? static_cast<double>(event.step) / static_cast<double>(run_.steps_per_epoch)
                              : static_cast<double>(event.epoch);
    decision_ = order_.on_evaluation({epochs, event.step, share(event.step), *value});
    if (decision_ != Decision::go_on) stop_ = true;
  }

  const Study& study_;
  const AttemptOrder& order_;
  RunStarted run_;
  Decision decision_ = Decision::go_on;
  std::optional<Clock::time_point> ends_;
  bool is_out_of_time_ = false;
  std::atomic<bool> stop_{false};
};

/// Passes everything on, but for the end of a run that failed: whether that was its own fault is known only
/// when the engine has returned.
class UntilItIsKnownWhy final : public Recorder {
 public:
  explicit UntilItIsKnownWhy(Recorder& record) : record_(record) {}

  void log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) override {
    record_.log(step, epoch, row);
  }
  void array(std::int64_t step, std::string_view name, const ArrayView& values) override {
    record_.array(step, name, values);
  }
  void event(const Event& event) override { record_.event(event); }
  std::string checkpoint(const CheckpointInfo& info, const State& state) override {
    return record_.checkpoint(info, state);
  }
  void settle() override { record_.settle(); }
  void publish() override { record_.publish(); }
  void keep(std::string_view name, const State& state) override { record_.keep(name, state); }
  void note(std::string_view key, Json value) override { record_.note(key, std::move(value)); }
  void finish(const Outcome& outcome) override {
    if (outcome.status != Outcome::Status::failed) record_.finish(outcome);
  }

 private:
  Recorder& record_;
};

/// Whether run.h5 is the one that the run finished with; made again where the journals of its attempts can.
bool has_its_record(const std::string& folder, const std::string& digest) {
  const auto bytes = find_file(join_path(folder, "run.h5"));
  if (bytes && block_digest(*bytes) == digest) return true;
  try {
    store::read_record(folder);
    return true;
  } catch (const Error&) {
    return false;
  }
}

class Attempt {
 public:
  Attempt(const TrialTools& tools, const AttemptOrder& order)
      : tools_(tools), order_(order), folder_(tools.folder.trial(order.trial)) {}

  AttemptEnd go() {
    try {
      bind();
    } catch (const Error& error) {
      return invalid(error);
    }
    try {
      return train();
    } catch (const Error& error) {
      if (error.kind() != Kind::fenced) throw;
      return {AttemptEnd::How::taken_over, Decision::go_on, {}};
    }
  }

 private:
  void bind() {
    config_ = tools_.study.trials().load(order_.overrides);
    if (order_.n_halvings > 0) config_ = tools_.study.trials().load(with_smaller_parts());
    // Measuring would make the number of threads, and with it the numbers, depend on what else runs.
    if (config_.experiment.threads.is_auto()) config_.experiment.threads.count = 1;
    if (config_.experiment.train.memory_format == "auto")
      config_.experiment.train.memory_format = "contiguous";
    prepared_ = &tools_.data.get(config_.experiment);
  }

  /// The same steps in less memory: batches go through the model in more parts, and evaluations have smaller
  /// ones.
  std::vector<Override> with_smaller_parts() const {
    const TrainSection& train = config_.experiment.train;
    const std::int64_t factor = std::int64_t{1} << std::min<std::int64_t>(order_.n_halvings, 32);
    std::vector<Override> overrides = order_.overrides;
    const auto add = [&](const char* section, const char* key, std::int64_t value) {
      Override override;
      override.path = {section, key};
      override.where = tools_.study.where("sweep.retry.out_of_memory");
      override.value = Value::scalar(text(value), false, override.where);
      overrides.push_back(std::move(override));
    };
    add("train", "accumulate", std::min(train.accumulate * factor, train.batch_size));
    add("evaluate", "batch_size", std::max<std::int64_t>(config_.experiment.evaluate.batch_size / factor, 1));
    return overrides;
  }

  /// What is no fault of the trial leaves its attempt without a last word: it is lost when the worker has
  /// ended.
  AttemptEnd invalid(const Error& error) const {
    const bool is_of_the_trial =
        error.kind() == Kind::config || error.kind() == Kind::registry || error.kind() == Kind::run;
    if (!is_of_the_trial) throw error;
    release(folder_, order_.attempt, store::RunState::failed, "invalid", error.what());
    return {AttemptEnd::How::failed, Decision::go_on, {}};
  }

  store::BeginRun begin_run() const {
    const Experiment& experiment = config_.experiment;
    store::BeginRun begin;
    begin.folder = folder_;
    begin.attempt = order_.attempt;
    begin.name = experiment.name;
    begin.id = identity_of(config_, *prepared_);
    begin.resolved = config_.resolved;
    begin.provenance = config_.provenance;
    for (const SourceText& source : config_.sources) begin.sources.push_back({source.name, source.text});
    begin.environment = tools_.environment;
    begin.environment.set("threads", experiment.threads.count);
    begin.environment.set("memory_format", experiment.train.memory_format);
    for (const DataFile& file : prepared_->files)
      begin.data.push_back({base_name(file.path), file.path, file.sha256, file.bytes});
    begin.command = tools_.command;
    begin.seed = experiment.seed;
    begin.tags = experiment.tags;
    begin.retention = {experiment.checkpoint.keep_last, experiment.checkpoint.keep_best_count};
    return begin;
  }

  AttemptEnd train() {
    if (order_.attempt == 1) return train(std::make_unique<store::TrialRecord>(begin_run()), std::nullopt);
    auto record = store::RecordWriter::begin(begin_run());
    std::optional<ResumePoint> point = record->resume_point();
    return train(std::move(record), std::move(point));
  }

  /// Where the disk or the device is to blame, the record is left as a killed process leaves it, without a
  /// last word: the trial counts as lost and is tried again. The worker ends then, and its claim with it. One
  /// that slept through its lease lives on, so it says itself that the attempt is lost, before its record
  /// says anything.
  template <class Record>
  AttemptEnd train(std::unique_ptr<Record> record, std::optional<ResumePoint> point) const {
    Watch watch(tools_.study, order_, point ? point->seconds : 0);
    try {
      UntilItIsKnownWhy recorder(*record);
      TrainJob job{config_.experiment, *prepared_, tools_.parts, recorder, watch};
      job.stop = &watch.stop();
      job.resume = point ? &*point : nullptr;
      const Outcome outcome = tools_.engine.train(job);
      if (outcome.status == Outcome::Status::failed) record->finish(outcome);
      return end_of(outcome, watch);
    } catch (const Error& error) {
      if (error.kind() == Kind::fenced) {
        release(folder_, order_.attempt, store::RunState::lost, "lost", error.what());
      } else {
        static_cast<void>(record.release());
      }
      throw;
    }
  }

  AttemptEnd end_of(const Outcome& outcome, const Watch& watch) const {
    AttemptEnd out;
    if (outcome.status == Outcome::Status::failed) return {AttemptEnd::How::failed, Decision::go_on, {}};
    if (outcome.status == Outcome::Status::stopped) {
      out.how = AttemptEnd::How::stopped;
      out.decision = watch.decision();
      out.is_out_of_time = watch.is_out_of_time();
    }
    out.end.trial = order_.trial;
    out.end.attempt = order_.attempt;
    out.end.value = objective_in(outcome.metrics, tools_.study);
    out.end.step = outcome.step;
    out.end.epoch = outcome.epoch;
    out.end.seconds = outcome.seconds;
    for (const Scalar& scalar : outcome.metrics) out.end.metrics.emplace_back(scalar.name, scalar.value);
    return out;
  }

  const TrialTools& tools_;
  const AttemptOrder& order_;
  const std::string folder_;
  LoadedConfig config_;
  const Prepared* prepared_ = nullptr;
};

}  // namespace

const Prepared& DataCache::get(const Experiment& experiment) {
  const std::string dataset = to_text(experiment.dataset.to_json());
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.dataset == dataset; });
  std::vector<Problem> warnings;  // said of the config itself, when the study began
  if (known == entries_.end()) {
    entries_.push_front(
        {dataset, prepare(experiment, parts_, data_roots(experiment, shipped_data_), warnings)});
    drop_oldest();
    return entries_.front().prepared;
  }
  entries_.splice(entries_.begin(), entries_, known);
  Prepared data = std::move(entries_.front().prepared);
  entries_.pop_front();  // not there if the next line throws
  entries_.push_front({dataset, prepare_again(experiment, parts_, std::move(data), warnings)});
  return entries_.front().prepared;
}

void DataCache::drop_oldest() {
  std::size_t bytes = 0;
  auto entry = entries_.begin();
  for (; entry != entries_.end(); ++entry) {
    bytes += bytes_of(entry->prepared);
    if (bytes > most_cached_bytes && entry != entries_.begin()) break;
  }
  entries_.erase(entry, entries_.end());
}

AttemptEnd run_attempt(const TrialTools& tools, const AttemptOrder& order) {
  return Attempt(tools, order).go();
}

std::optional<TrialEnd> end_by_result(const Study& study, const StudyFolder& folder, Trial trial) {
  const auto bytes = store::find_result(folder.trial(trial));
  const std::optional<Json> json = bytes ? store::json_in(*bytes) : std::nullopt;
  if (!json) return std::nullopt;
  const Json* metrics = json->find("metrics");
  const Json* digest = json->find_path("record.digest");
  if (!metrics || !metrics->is_map() || !digest || !digest->is_text()) return std::nullopt;
  if (!has_its_record(folder.trial(trial), digest->text())) return std::nullopt;
  TrialEnd end;
  end.trial = trial;
  end.attempt = static_cast<int>(store::integer_at(*json, "attempt"));
  end.step = store::integer_at(*json, "step");
  end.epoch = store::integer_at(*json, "epoch");
  end.seconds = store::real_at(*json, "seconds");
  std::vector<Scalar> scalars;
  for (const auto& [name, value] : metrics->entries()) {
    if (const auto number = real_of(value)) scalars.push_back({name, *number});
  }
  end.value = objective_in(scalars, study);
  for (const Scalar& scalar : scalars) end.metrics.emplace_back(scalar.name, scalar.value);
  return end;
}

std::string reason_of(const std::string& message) {
  if (message.find("diverged:") != std::string::npos) return "diverged";
  if (message.find("out of memory") != std::string::npos) return "out_of_memory";
  return "error";
}

void release(const std::string& folder, int attempt, store::RunState state, const std::string& reason,
             const std::string& message) {
  Json json = store::release_json(attempt, state, message, 0, system_clock().wall_ns());
  json.set("reason", reason);
  put_loose_once(join_path(folder, text("released.", attempt)), to_text(json, 2) + '\n');
}

}  // namespace assay::sweep
