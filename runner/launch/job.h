// The Slurm job that this process is a task of, as seen from within: when it ends, how it stands, and how to
// come back. docs/design/launch.md says what Slurm tells whom, and why it is done in this order.
//
//   auto job = Job::of_this_process(180);
//   if (job && job->is_ending()) ...            // stop at a checkpoint
//   const Leave leave = job->leave(asks);       // then end, or ask to be started again
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/io/command.h"

namespace assay::launch {

/// What leave() did.
enum class Leave {
  to_come_back,  // Slurm starts it again
  for_good,      // it is not to, or Slurm has decided already
  refused        // Slurm did not take the request
};

/// What the leaving process knows.
struct Leaving {
  std::function<bool()> is_told_to_stop;  // by a person, through the files: it shall not come back
  std::function<bool()> is_signalled;     // since the call: the end that was asked for is there
  bool has_worked = true;                 // at anything at all since it was started
};

/// What a job knows the world by; tests have another.
struct Surroundings {
  std::function<CommandEnd(const std::vector<std::string>&)> run;  // a command of Slurm
  const Clock* clock = nullptr;
  std::function<void()> pause;  // a fifth of a second
};

class Job {
 public:

  /// Nothing outside of a step of a batch job. notice_s: how long before its end is_ending() says so.
  static std::optional<Job> of_this_process(double notice_s);
  /// name: `12_3` of an array's task, else `12`.
  Job(std::string name, std::int64_t n_restarts, double notice_s, Surroundings surroundings);

  const std::string& name() const { return name_; }
  /// How often Slurm has started it before.
  std::int64_t n_restarts() const { return n_restarts_; }

  /// Whether less than the notice is left. Slurm is asked once for when the job ends, and again when that
  /// seems to be near, as the limit may have been moved; a job without a limit never ends.
  bool is_ending();

  /// Takes off the queue what of its array has not begun: there is nothing left to do. The report behind it
  /// need not wait then.
  void cancel_waiting_siblings() const;

  /// To be called when the work has stopped. Returns at the latest when Slurm has had ten minutes to answer;
  /// until then it may kill this process at any time.
  Leave leave(const Leaving& leaving);

 private:
  std::optional<std::string> ask(const char* format) const;
  void look_for_the_end();
  bool wait_for_signal(const Leaving& leaving) const;

  std::string name_;
  std::int64_t n_restarts_;
  double notice_s_;
  Surroundings outside_;
  bool was_asked_ = false;
  std::optional<double> ends_s_;  // by the clock; nothing: no limit is known
};

/// Seconds of `1-02:03:04`, `02:03:04`, `03:04`; nothing for UNLIMITED and what else is no time.
std::optional<double> seconds_left(const std::string& text);

}  // namespace assay::launch
