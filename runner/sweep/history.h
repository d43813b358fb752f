// What a proposal may look at. With `sync: free` whatever is recorded when it is made; with `sync: window`
// whole windows of configurations only, so that neither the number of workers nor their speed changes a
// trial.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "registry/contracts/sampler.h"
#include "registry/contracts/sweep.h"
#include "runner/sweep/study.h"

namespace assay::sweep {

/// How one repeat of a configuration ended.
struct Result {
  enum class End { finished, stopped, failed };
  End end = End::finished;
  double value = 0;  // of the objective, as the metric gives it
  double share = 1;  // of a whole run, if a pruner stopped it
};

/// A configuration that was proposed in a group, with the results of its repeats as far as they are there.
/// What is recorded of a sweep is a list of these, in ascending order of their numbers.
struct Configuration {
  std::int64_t number = 0;
  Point point;
  std::map<std::int64_t, Result> results;  // by repeat
  /// No further repeats are to come, although some are missing: the configuration cannot win.
  bool is_closed = false;
};

/// The mean over repeats, once all that are to come are there. A failed repeat makes a failed configuration;
/// of repeats that a pruner stopped, the mean is that of a stopped one, with the least share.
Seen seen_of(const Configuration& configuration, std::int64_t n_repeats, const Objective& objective);

/// What configuration `number` of a group is proposed from, in ascending order. Nothing if it has to wait:
/// with `sync: window` every configuration of the earlier windows must have ended, and those before it in its
/// own window must have been proposed (they count as running). What came with a later extension is not seen.
/// recorded: of that group.
std::optional<std::vector<Seen>> visible(const Study& study, std::int64_t number,
                                         std::span<const Configuration> recorded);

/// Proposes configuration `number` of a group from what is recorded; nothing if it has to wait.
std::optional<Point> propose_from(const Study& study, std::int64_t group, std::int64_t number,
                                  std::span<const Configuration> recorded);

/// How the attempts at a trial ended.
struct Tries {
  std::int64_t n_lost = 0;    // with their worker
  std::int64_t n_failed = 0;  // by themselves, but for
  std::int64_t n_out_of_memory = 0;
  bool is_out_of_time = false;
};

/// Whether a trial gets another attempt.
bool is_tried_again(const RetrySection& retry, const Tries& tries);
/// How often the batches of the next attempt are cut into halves, for the memory that those before it lacked.
std::int64_t n_halvings(const RetrySection& retry, const Tries& tries);

}  // namespace assay::sweep
