#include "runner/engine/speed.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "registry/contracts/no_record.h"
#include "runner/engine/machine.h"
#include "runner/engine/training.h"

namespace assay::engine {
namespace {

constexpr int n_rounds = 5;
constexpr int n_warm_up_steps = 3;
constexpr double seconds_a_child = 0.15;
constexpr std::int64_t most_steps = 2000;
/// What has to be gained over one that was measured before: the cores may be wanted by others, and a
/// measurement is never exact.
constexpr double worth_it = 0.95;

/// Stops a run when it was timed for long enough.
class StepTimes final : public Listener {
 public:
  explicit StepTimes(std::atomic<bool>& stop) : stop_(stop) {}

  void on(const Event& event) override {
    const auto* done = std::get_if<StepDone>(&event);
    if (done == nullptr) return;
    const double now = system_clock().monotonic_s();
    if (done->step <= n_warm_up_steps) {
      begun_ = now;
    } else {
      seconds_.push_back(now - begun_);
      begun_ = now;
    }
    total_ += seconds_.empty() ? 0 : seconds_.back();
    if (total_ > seconds_a_child || done->step >= most_steps) stop_ = true;
  }
  double median() const { return seconds_.empty() ? 0 : middle(seconds_); }

  static double middle(std::vector<double> values) {
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), half, values.end());
    return *half;
  }

 private:
  std::atomic<bool>& stop_;
  double begun_ = 0;
  double total_ = 0;
  std::vector<double> seconds_;
};

struct Candidate {
  std::int64_t threads;
  std::string memory_format;
  std::vector<double> step_s = {};  // medians, a child each
};

/// The same training with nothing but steps.
Experiment steps_only(const Experiment& experiment, const Candidate& candidate) {
  Experiment steps = experiment;
  steps.threads.count = candidate.threads;
  steps.train.memory_format = candidate.memory_format;
  steps.train.until = {{{most_steps + 1.0, Duration::Unit::steps}}};
  steps.train.log_every = {1.0, Duration::Unit::epochs};
  steps.evaluate.every = {1, Duration::Unit::end};
  steps.evaluate.test = "never";
  steps.checkpoint = {};
  steps.checkpoint.every = {1, Duration::Unit::end};
  steps.observers.clear();
  return steps;
}

double median_step(const Experiment& experiment, const Prepared& prepared, const Implementations& parts) {
  std::atomic<bool> stop = false;
  NoRecord record;
  StepTimes times(stop);
  TrainJob job{experiment, prepared, parts, record, times};
  job.stop = &stop;
  Training(job, system_clock()).run();
  return times.median();
}

/// What `work` returns in a child of its own; nothing if the child came to grief.
template <class Work>
std::optional<double> in_a_child(const Work& work) {
  int ends[2];
  if (pipe(ends) != 0) return std::nullopt;
  const pid_t child = fork();
  if (child == 0) {
    double result = 0;
    try {
      result = work();
    } catch (...) {  // the run itself will say what is wrong, with all that belongs to it
    }
    const bool is_written = write(ends[1], &result, sizeof result) == sizeof result;
    _exit(is_written ? 0 : 1);
  }
  close(ends[1]);
  double result = 0;
  const bool is_read = child > 0 && ::read(ends[0], &result, sizeof result) == sizeof result;
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  return is_read && result > 0 ? std::optional(result) : std::nullopt;
}

std::vector<std::int64_t> thread_counts(const Threads& threads) {
  if (!threads.is_auto()) return {threads.count};
  cpu_set_t mine;
  CPU_ZERO(&mine);
  const std::int64_t cores = sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : 1;
  std::vector<std::int64_t> out;
  for (std::int64_t count = 1; count < cores; count *= 2) out.push_back(count);
  out.push_back(cores);
  return out;
}

/// The layouts that may make a difference: to models with weights of convolutions over images, as far as is
/// known.
std::vector<std::string> memory_formats(const std::string& asked, const Prepared& prepared) {
  if (asked != "auto") return {asked};
  const auto is_of_images = [](const TensorOutline& tensor) { return tensor.shape.size() == 4; };
  const bool may_matter = prepared.tensors.empty() || std::ranges::any_of(prepared.tensors, is_of_images);
  return may_matter ? std::vector<std::string>{"contiguous", "channels_last"}
                    : std::vector<std::string>{"contiguous"};
}

std::vector<Candidate> candidates(const Experiment& experiment, const Prepared& prepared) {
  std::vector<Candidate> out;
  for (const std::string& format : memory_formats(experiment.train.memory_format, prepared)) {
    for (const std::int64_t threads : thread_counts(experiment.threads)) out.push_back({threads, format});
  }
  return out;
}

}  // namespace

SpeedChoice measure_speed(const Experiment& experiment, const Prepared& prepared,
                          const Implementations& parts) {
  const double begun = system_clock().monotonic_s();
  std::vector<Candidate> all = candidates(experiment, prepared);
  SpeedChoice choice;
  choice.threads = all.front().threads;
  choice.memory_format = all.front().memory_format;
  if (all.size() < 2 || find_device(experiment.device).is_cuda()) return choice;

  for (int round = 0; round < n_rounds; ++round) {
    for (Candidate& candidate : all) {
      const Experiment steps = steps_only(experiment, candidate);
      const auto time = in_a_child([&] { return median_step(steps, prepared, parts); });
      if (time) candidate.step_s.push_back(*time);
    }
  }
  double best = 0;
  for (const Candidate& candidate : all) {
    if (candidate.step_s.empty()) continue;
    const double step_s = StepTimes::middle(candidate.step_s);
    choice.measured.push_back({candidate.threads, candidate.memory_format, step_s});
    if (best != 0 && step_s > worth_it * best) continue;
    best = step_s;
    choice.threads = candidate.threads;
    choice.memory_format = candidate.memory_format;
  }
  choice.seconds = system_clock().monotonic_s() - begun;
  return choice;
}

}  // namespace assay::engine
