// One run, from its first built part to its outcome: the loop that docs/design/engine.md describes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "registry/contracts/engine.h"
#include "runner/engine/batches.h"
#include "runner/engine/checkpoint_state.h"
#include "runner/engine/evaluation.h"
#include "runner/engine/faults.h"
#include "runner/engine/pace.h"
#include "runner/engine/parts.h"
#include "runner/engine/profiling.h"
#include "runner/engine/ranks.h"
#include "runner/engine/reporter.h"
#include "runner/engine/rollback.h"
#include "runner/engine/step.h"

namespace assay::engine {

class Training {
 public:
  /// Everything outlives this.
  Training(const TrainJob& job, const Clock& clock);

  /// Once per object; returns and throws as TrialRunner::train says.
  Outcome run();

 private:
  /// A split that is judged: its rows and what they score.
  struct Judging {
    /// rows: those that this process judges.
    Judging(const char* split, std::vector<std::int64_t> rows, const DeviceData& data, const TrainJob& job,
            const Metric::Needs& needs);
    Batches batches;
    Scores scores;
  };

  // Before the first step.
  void find_others();
  void build();
  void build_splits();
  std::vector<std::int64_t> judged_rows(const std::vector<std::int64_t>& rows) const;
  void announce();
  void go_on();
  void go_on_with_rhythms();

  // Of several processes, what is the same in all.
  std::vector<Scalar> values_of(Scores& scores);
  bool is_better_high(const std::string& metric);
  void expect_same_weights(const std::string& digest);
  void expect_interval_converges() const;
  bool is_stop_asked() const;
  double decisive_s() const;

  // Steps.
  void train();
  void advance();
  void start_epoch();
  std::vector<std::int64_t> rows_of_epoch();
  void step();
  const Batch& next_batch();
  std::string train_on(const Batch& batch);
  [[noreturn]] void diverge(const std::string& what);
  bool is_row_due();
  void after_step();
  void finish_epoch();
  void look_whether_over();
  std::string stopped_text() const;
  bool is_over() const { return !loop_.over_why.empty() || is_stopped_; }

  // What is logged, judged and kept.
  std::vector<Scalar> log_interval();
  void evaluate_valid();
  std::vector<Scalar> judge(Judging& judging, std::int64_t at_step);
  void keep_if_best(const std::vector<Scalar>& row);
  void save_if_due();
  void save(bool is_final);
  StatefulParts stateful_parts();
  Diverged diverged(const std::string& what) const;
  void check_converges(const std::string& name, double loss) const;

  // Going back.
  bool rolls_back() const { return experiment_.train.on_divergence == "rollback"; }
  bool can_roll_back() const { return rolls_back() && divergences_.count < experiment_.train.rollback.limit; }
  void take_restore_point();
  void roll_back(const Diverged& diverged);
  void keep_bundle(const Batch& batch);

  // The end.
  void close();
  void check_weights();
  void test();
  Outcome finish(Outcome::Status status, std::string message);
  Outcome fail(const Error& error);

  std::int64_t epochs_done() const { return position().step / pace_.steps_per_epoch(); }
  const Position& position() const { return loop_.position; }
  double elapsed() const { return clock_.monotonic_s() - started_s_; }

  const TrainJob& job_;
  const Experiment& experiment_;
  const Prepared& prepared_;
  const Clock& clock_;
  Activity activity_;
  Reporter reporter_;
  std::optional<Profiling> profiling_;
  std::optional<Ranks> ranks_;     // none: this process trains alone
  ResumePoint* resume_ = nullptr;  // null: from the first step
  Batch nothing_;                  // of a batch whose rows are all in other processes

  at::Device device_{at::kCPU};
  Pace pace_;
  Bounds bounds_;
  Parts parts_;
  std::optional<DeviceData> data_;
  std::optional<Batches> batches_;
  std::optional<Scores> interval_;  // training loss and metrics since the last logged row
  std::optional<Judging> valid_;    // none: the split has no rows
  std::optional<Judging> test_;
  std::optional<Recurrence> log_every_;
  std::optional<Recurrence> evaluate_every_;
  std::optional<Recurrence> save_every_;
  std::optional<Recurrence> restore_every_;

  Stream shuffle_;
  Context context_;
  std::optional<TrainingStep> step_;
  bool will_log_ = false;  // a row follows the step that is made
  LoopState loop_;
  bool is_epoch_open_ = false;
  Divergences divergences_;
  RestorePoint restore_point_;
  Best best_;
  bool is_new_best_ = false;  // and not saved yet
  std::optional<bool> is_best_high_;
  bool is_stopped_ = false;  // by TrainJob::stop
  double started_s_ = 0;
};

}  // namespace assay::engine
