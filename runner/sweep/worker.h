// A worker of a study: looks for work, does it, until there is none. Workers are anonymous and equal, know of
// one another by the study's folder alone, and may come and go at any time and from anywhere.
//
//   Worker worker(tools, stop, nullptr);
//   if (worker.work() == Worker::End::all_over) ...
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "runner/store/lease.h"
#include "runner/store/run_folder.h"
#include "runner/sweep/attempt.h"
#include "runner/sweep/board.h"

namespace assay::sweep {

/// What a worker is at, in memory that it shares with the process which made it.
struct WorkerSeat {
  std::size_t place = 0;  // among the workers of that process
  static constexpr Trial none = std::numeric_limits<Trial>::min();
  std::atomic<Trial> trial{none};
  std::atomic<int> attempt{0};
  std::atomic<double> share{0};                 // of the trial
  std::atomic<double> busy_s{0};                // in trials, in all
  std::atomic<std::int64_t> n_acknowledged{0};  // ends that survive a power cut
  /// When the trial is to have ended, with some grace, by system_clock().monotonic_s(); 0: whenever it likes.
  std::atomic<double> deadline_s{0};
};

class Worker {
 public:
  enum class End { all_over, stopped };

  /// All outlive it. seat: null if nobody looks.
  Worker(const TrialTools& tools, const std::atomic<bool>& stop, WorkerSeat* seat,
         store::LeaseTimes lease = {});

  /// Throws what is no fault of a trial: Kind::store, Kind::device, Kind::internal.
  End work();

 private:
  struct Found {
    Trial trial = 0;
    int attempt = 1;
    Point point;
    std::optional<Proposal> proposal;
  };
  using Time = std::chrono::steady_clock;

  std::optional<Found> find();
  std::optional<Found> find_open();
  std::optional<Found> find_fresh();
  std::optional<Found> find_refit();
  std::optional<Found> look_at_open(Trial trial);
  std::optional<Found> go_on(Trial trial, const store::RunStatus& status);
  std::optional<Found> retry(Trial trial, const store::RunStatus& status);
  std::optional<Found> begin(Trial trial, Point point, std::optional<Proposal> proposal);
  bool is_silent(Trial trial, const store::RunStatus& status);
  bool may_be_explained(Trial trial, const store::RunStatus& status);
  void set_aside(Trial trial);
  /// What a trial that may begin draws; nothing if it has to wait.
  struct Start {
    Point point;
    std::optional<Proposal> proposal;
  };
  std::optional<Start> start_of(const Unit& unit);
  std::optional<Point> point_of(Trial trial) const;
  void note_others(Trial trial);
  bool claim(Trial trial, int attempt, const std::optional<Proposal>& proposal);

  void run(const Found& found);
  Decision on_evaluation(const Found& found, const Evaluation& evaluation);
  Decision decide(Trial trial);
  bool are_all_in() const;

  void commit(TrialEnd end);
  void commit_finished(Trial trial);
  void commit_stopped(Trial trial, int attempt);
  void commit_out_of_time(const AttemptEnd& end);
  void commit_failed(Trial trial, const store::RunStatus& status);
  void sync_if_due();
  void sync();
  void wait();
  bool is_asked_to_stop() const;

  const TrialTools& tools_;
  const Study& study_;
  const StudyFolder& folder_;
  const std::atomic<bool>& stop_;
  WorkerSeat* seat_;
  const store::LeaseTimes lease_;
  Board board_;
  LedgerWriter log_;
  Trial first_fresh_ = 0;
  bool looks_at_open_ = true;
  Time::time_point looked_ = {};
  Time::time_point synced_;
  store::Claim self_;  // of this process
  std::chrono::milliseconds pause_{0};
  struct Heard {
    std::optional<std::string> beat;
    Time::time_point since;
  };
  std::map<Trial, Heard> heard_;  // of attempts on machines that cannot be seen
  std::map<std::pair<Trial, int>, Time::time_point> found_dead_;  // that nobody has explained
};

/// What a sampler was shown, in few words; `seen` in ascending order.
Sighting sighting_of(std::span<const Seen> seen);

}  // namespace assay::sweep
