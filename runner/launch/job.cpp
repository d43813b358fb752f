#include "runner/launch/job.h"

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "core/text.h"

namespace assay::launch {
namespace {

constexpr double ask_s = 10;
/// How long an unanswered question is asked again: within it a notice of preemption has become a kill.
constexpr double patience_s = 600;
/// How long Slurm has for the signal that a requeued job gets.
constexpr double requeue_s = 60;
constexpr std::chrono::milliseconds pause(200);
constexpr double ask_again_s = 5;
/// Starts in which nothing was worked on.
constexpr std::int64_t most_idle_restarts = 3;

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> seconds_left(const std::string& text) {
  std::string clock(trim(text));
  double days = 0;
  if (const auto dash = clock.find('-'); dash != std::string::npos) {
    const auto n = parse_integer(clock.substr(0, dash));
    if (!n) return std::nullopt;
    days = static_cast<double>(*n);
    clock = clock.substr(dash + 1);
  }
  double seconds = 0;
  const std::vector<std::string> parts = split(clock, ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  for (const std::string& part : parts) {
    const auto n = parse_integer(part);
    if (!n) return std::nullopt;
    seconds = 60 * seconds + static_cast<double>(*n);
  }
  return 86400 * days + seconds;
}

// The batch script itself has SLURM_JOB_ID as well, but is not told of what is coming: a step is.
std::optional<Job> Job::of_this_process(double notice_s) {
  const auto id = variable("SLURM_JOB_ID");
  if (!id || !variable("SLURM_STEP_ID")) return std::nullopt;
  const auto array = variable("SLURM_ARRAY_JOB_ID");
  const auto task = variable("SLURM_ARRAY_TASK_ID");
  std::string name = array && task ? text(*array, '_', *task) : *id;
  const auto n_restarts = parse_integer(variable("SLURM_RESTART_COUNT").value_or("0")).value_or(0);
  Surroundings outside;
  outside.run = [](const std::vector<std::string>& words) { return run_command(words, {.seconds = ask_s}); };
  outside.clock = &system_clock();
  outside.pause = [] { std::this_thread::sleep_for(pause); };
  return Job(std::move(name), n_restarts, notice_s, std::move(outside));
}

Job::Job(std::string name, std::int64_t n_restarts, double notice_s, Surroundings surroundings)
    : name_(std::move(name)),
      n_restarts_(n_restarts),
      notice_s_(notice_s),
      outside_(std::move(surroundings)) {}

std::optional<std::string> Job::ask(const char* format) const {
  const CommandEnd end = outside_.run({"squeue", "--noheader", "--jobs=" + name_, text("--format=", format)});
  const std::string said{trim(end.out)};
  if (!end.is_good() || said.empty()) return std::nullopt;
  return said;
}

void Job::look_for_the_end() {
  const double now_s = outside_.clock->monotonic_s();
  const auto said = ask("%L");
  const auto left = said ? seconds_left(*said) : std::nullopt;
  if (left) ends_s_ = now_s + *left;
}

bool Job::is_ending() {
  if (!std::exchange(was_asked_, true)) look_for_the_end();
  const auto is_near = [&] { return ends_s_ && *ends_s_ - outside_.clock->monotonic_s() < notice_s_; };
  if (!is_near()) return false;
  look_for_the_end();
  return is_near();
}

void Job::cancel_waiting_siblings() const {
  const auto task = name_.find('_');
  if (task != std::string::npos) outside_.run({"scancel", "--quiet", "--state=PENDING", name_.substr(0, task)});
}

bool Job::wait_for_signal(const Leaving& leaving) const {
  const double until_s = outside_.clock->monotonic_s() + requeue_s;
  while (outside_.clock->monotonic_s() < until_s) {
    if (leaving.is_signalled()) return true;
    outside_.pause();
  }
  return false;
}

Leave Job::leave(const Leaving& leaving) {
  if (!leaving.has_worked && n_restarts_ >= most_idle_restarts) return Leave::refused;
  const double until_s = outside_.clock->monotonic_s() + patience_s;
  double asked_s = -ask_again_s;
  while (outside_.clock->monotonic_s() < until_s) {
    if (leaving.is_told_to_stop()) return Leave::for_good;
    if (outside_.clock->monotonic_s() - asked_s >= ask_again_s) {
      asked_s = outside_.clock->monotonic_s();
      const auto state = ask("%T");
      if (state && *state != "RUNNING") return Leave::for_good;
      // Of a job that may not be requeued Slurm says that all is well: what counts is the signal.
      if (state && outside_.run({"scontrol", "requeue", name_}).is_good())
        return wait_for_signal(leaving) ? Leave::to_come_back : Leave::refused;
    }
    outside_.pause();
  }
  return Leave::refused;
}

}  // namespace assay::launch
