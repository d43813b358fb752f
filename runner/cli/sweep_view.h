// How a sweep goes, on stderr. On a terminal a few lines that are redrawn; elsewhere a line now and then.
//
//   12/64 done  2 running  11 finished, 1 failed (diverged 1)  0:41 left  workers busy 97%
//     best trial 7: valid/accuracy 0.9812  optimizer.lr=3e-3
//     trial 12  40%  optimizer.lr=1e-3
//     trial 13  10%  optimizer.lr=1e-2
#pragma once

#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "runner/cli/output.h"
#include "runner/sweep/board.h"
#include "runner/sweep/worker.h"

namespace assay::cli {

/// Trials by how they stand.
struct SweepCounts {
  std::int64_t n = 0;  // in all, refits included
  std::int64_t n_finished = 0;
  std::int64_t n_stopped = 0;
  std::int64_t n_failed = 0;
  std::int64_t n_open = 0;                      // begun and not ended
  std::map<std::string, std::int64_t> reasons;  // of those that stopped or failed

  std::int64_t n_ended() const { return n_finished + n_stopped + n_failed; }
};
SweepCounts counts_of(const sweep::Board& board);
/// `62 finished, 1 stopped (pruned 1), 1 failed (diverged 1)`
std::string counts_text(const SweepCounts& counts);

/// The best configuration so far, as `trial 17: valid/accuracy 0.9812  model.hidden=[64]`, of each group;
/// empty without an objective or a result.
std::vector<std::string> best_lines(const sweep::Study& study, const sweep::Board& board);

/// The table of `sweep.summary`; empty without one, or without results.
std::string summary_table(const sweep::Study& study, const sweep::Board& board, const Output& out);

class SweepView {
 public:
  SweepView(Output& err, const sweep::Study& study, const sweep::StudyFolder& folder, bool is_quiet);
  /// Leaves the terminal as it was.
  ~SweepView();
  SweepView(const SweepView&) = delete;
  SweepView& operator=(const SweepView&) = delete;

  /// Looks and draws, if it is time.
  void update(std::span<const sweep::WorkerSeat> seats);
  void say(const std::string& line);
  /// Takes what is redrawn off the terminal: before anything else is printed.
  void clear();
  /// As of now, read anew.
  const sweep::Board& board();

 private:
  std::string line(const SweepCounts& counts, std::span<const sweep::WorkerSeat> seats) const;
  std::string seat_line(const sweep::WorkerSeat& seat) const;

  Output& err_;
  const sweep::Study& study_;
  sweep::Board board_;
  const bool is_quiet_;
  const double start_s_;
  std::int64_t n_before_ = -1;  // ended before we came
  double looked_s_ = 0;
  double said_s_ = -std::numeric_limits<double>::infinity();
  std::int64_t n_drawn_ = 0;  // lines on the terminal
};

}  // namespace assay::cli
