// How a run goes, on stderr. On a terminal: one line, redrawn at most ten times a second, and a row of the
// table for every evaluation. Elsewhere (pipes, logs of a cluster) only the rows, without control characters.
//
//      epoch   step  train/loss  valid/loss  valid/accuracy    time
//       1/20     20       1.204      0.5512          0.8630   0.2 s
//   epoch 2/20  ####----------------  9%  412 steps/s  0:04 left  train/loss 0.731
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "registry/contracts/events.h"
#include "runner/cli/output.h"

namespace assay::cli {

class Progress final : public Listener {
 public:
  /// `stop` is only looked at, to say that the wish was understood. first_step, seconds: what was done
  /// before, of a run that goes on.
  Progress(Output& err, const std::atomic<bool>& stop, std::int64_t first_step = 0, double seconds = 0,
           const Clock& clock = system_clock());
  /// Leaves the terminal as it was: no half line, also when an exception passes.
  ~Progress() override;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void on(const Event& event) override;

 private:
  void start(const RunStarted& event);
  void step(const StepDone& event);
  void evaluated(const Evaluated& event);
  void row(const std::vector<Scalar>& scalars, std::int64_t step, std::int64_t epoch);
  void say_that_it_stops();
  void print_line(const std::string& line);
  void measure_rate(double now);
  void redraw();
  void clear();
  std::string live_line(int width) const;
  std::string bar(double done) const;
  double share_done() const;
  double seconds_left() const;
  std::string epoch_text(std::int64_t epoch) const;

  Output& err_;
  const std::atomic<bool>& stop_;
  const Clock& clock_;
  bool is_utf8_;

  RunStarted run_;
  std::int64_t step_ = 0;
  std::int64_t epoch_ = 0;
  std::optional<Scalar> train_loss_;
  std::vector<Scalar> last_valid_;
  std::vector<std::string> titles_;  // of the table's columns, as last printed
  double seconds_before_;
  double start_s_ = 0;  // as if it had been trained without a break
  double drawn_s_ = 0;  // when the line was last drawn
  double rate_s_ = 0;   // since when, and since which step, the rate is measured
  std::int64_t rate_step_ = 0;
  double row_s_ = 0;        // when the last row was printed
  double steps_per_s_ = 0;  // smoothed
  bool is_drawn_ = false;
  bool has_said_stop_ = false;
};

/// `0.8630`, `1.2e-05`: four significant digits or decimals, for people.
std::string metric_text(double value);

/// Watches nothing: for --quiet.
class Silence final : public Listener {
 public:
  void on(const Event&) override {}
};

}  // namespace assay::cli
