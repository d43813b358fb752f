// The processes that train one run together, as the engine uses them: gradients are added up, what was scored
// is put together, and what they decide by is the same in all. docs/design/distributed.md says why it is done
// so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/engine.h"
#include "registry/contracts/tensor/module.h"
#include "runner/distributed/process_group.h"
#include "runner/engine/evaluation.h"

namespace assay::engine {

/// What a step's loss is in one process, or in all of them.
struct LossOfStep {
  double sum = 0;
  double count = 0;
};

/// What no process may decide by its own clock and signals.
struct Decisive {
  bool is_stop_asked = false;  // in any of them
  double seconds = 0;          // since the run began, by the clock of rank 0
};

class Ranks {
 public:
  /// Waits for all of them: see ProcessGroup.
  Ranks(const RankPlace& place, const std::atomic<bool>* stop) : group_(place, stop) {}

  int rank() const { return group_.rank(); }
  int size() const { return group_.size(); }
  bool is_first() const { return group_.is_first(); }

  /// Where rank 0 goes on, in all; null if it does not. own: rank 0's, else not looked at. It is kept here.
  ResumePoint* share(ResumePoint* own);

  /// Before a step: what this process has to say. After it decisive() is what all of them said.
  void say(const Decisive& own) { own_ = own; }
  const Decisive& decisive() const { return agreed_; }

  /// Adds up the gradients of all, which were taken from sums of `rows` rows, each divided by `rows`, and
  /// makes them those of the mean over what all of them counted. parameters: the same in each call; those
  /// that have a gradient anywhere have one everywhere. Afterwards gradients are views of memory that the
  /// next call overwrites. Returns the loss of all; where it is no number, gradients are as they were summed.
  LossOfStep add_up(const std::vector<at::Tensor>& parameters, const LossOfStep& own, std::int64_t rows);

  /// Scores::values of what all of them saw, in all. In rank 0 `scores` then holds that of the others as
  /// well, so it is to be reset before it is added to.
  std::vector<Scalar> values_of(Scores& scores);
  /// What each saw, for a checkpoint: in rank 0 the states of the others, from rank 1 on.
  std::vector<State> states_of_others(const Scores& scores);

  /// Rank 0's answer, in all.
  bool first_says(bool answer);
  /// Running means and what else is not trained: rank 0's, in all.
  void share_buffers(Module& module);
  /// Throws Kind::run in rank 0 if the weights are not the same in all; digest: of the own ones.
  void expect_same_weights(const std::string& digest, std::int64_t step);

  /// Returns once all have come so far.
  void meet() { group_.meet(); }
  void leave(const std::string& why) noexcept { group_.leave(why); }

 private:
  void lay_out(const std::vector<at::Tensor>& parameters);

  distributed::ProcessGroup group_;
  Decisive own_;
  Decisive agreed_;
  std::optional<ResumePoint> resume_;

  at::Tensor sums_;                    // f32: all gradients, whether each was there, then facts of the step
  std::vector<at::Tensor> gradients_;  // parts of it, as the parameters lie
  at::Tensor all_gradients_, are_there_, facts_;  // parts of it
};

}  // namespace assay::engine
