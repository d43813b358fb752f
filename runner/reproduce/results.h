// What the trials of a study came to, for the rows of expected.yaml that ask.
//
//   for (const TrialResult& trial : results_of(study, board)) {
//     const Value* tau = trial.find("vars.tau");
//     const std::optional<double> loss = trial.metric("test/loss");
//   }
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "runner/config/overrides.h"
#include "runner/store/summary.h"
#include "runner/sweep/board.h"

namespace assay::reproduce {

struct TrialResult {
  std::string name;                 // "trial 7"
  std::vector<Override> overrides;  // of the study's config
  Value config;                     // with them, composed
  bool is_finished = false;
  std::string reason = {};  // of one that is not finished: diverged, lost, ...
  store::MetricValues metrics = {};
  double seconds = 0;

  /// What the trial has under a dotted key: `vars.tau` only if the sweep sets it. Null if it has no such key.
  const Value* find(std::string_view key) const;
  std::optional<double> metric(std::string_view metric_name) const;
};

/// The trials that are the study's answer: the refits where it has some, those of the best configuration of
/// each group where it has an objective, else all. Of a group without a best one, those of its first
/// configuration.
std::vector<TrialResult> results_of(const sweep::Study& study, const sweep::Board& board);

}  // namespace assay::reproduce
