#include "runner/sweep/history.h"

#include <algorithm>
#include <cmath>

namespace assay::sweep {

Seen seen_of(const Configuration& configuration, std::int64_t n_repeats, const Objective& objective) {
  Seen seen{configuration.number, configuration.point, Seen::State::running};
  const std::int64_t n_there = std::ssize(configuration.results);
  if (n_there == 0 || (n_there < n_repeats && !configuration.is_closed)) return seen;
  double sum = 0;
  seen.state = Seen::State::done;
  for (const auto& [repeat, result] : configuration.results) {
    if (result.end == Result::End::failed || !std::isfinite(result.value)) {
      seen.state = Seen::State::failed;
      return seen;
    }
    if (result.end == Result::End::stopped) {
      seen.state = Seen::State::stopped;
      seen.share = std::min(seen.share, result.share);
    }
    sum += result.value;
  }
  seen.value = objective.turned(sum / static_cast<double>(n_there));
  return seen;
}

std::optional<std::vector<Seen>> visible(const Study& study, std::int64_t number,
                                         std::span<const Configuration> recorded) {
  std::vector<Seen> out;
  if (!study.learns()) return out;
  const SweepSection& sweep = study.section();
  const bool has_windows = sweep.sync == "window";
  const std::int64_t window_start = number / sweep.window * sweep.window;
  const std::int64_t n_then = study.revision_of(number).layout().n_configurations;
  for (const Configuration& configuration : recorded) {
    if (configuration.number == number || (has_windows && configuration.number > number)) continue;
    if (configuration.number >= n_then) continue;  // of an extension, from a space that was not known
    Seen seen = seen_of(configuration, study.layout().n_repeats, *study.objective());
    if (has_windows && configuration.number >= window_start) {
      seen = {configuration.number, configuration.point, Seen::State::running};
    } else if (has_windows && seen.state == Seen::State::running) {
      return std::nullopt;
    }
    out.push_back(std::move(seen));
  }
  const bool has_all = std::ssize(out) == number;
  if (has_windows && !has_all) return std::nullopt;
  return out;
}

std::optional<Point> propose_from(const Study& study, std::int64_t group, std::int64_t number,
                                  std::span<const Configuration> recorded) {
  const std::optional<std::vector<Seen>> seen = visible(study, number, recorded);
  if (!seen) return std::nullopt;
  return study.propose(group, number, *seen);
}

std::int64_t n_halvings(const RetrySection& retry, const Tries& tries) {
  return std::min(tries.n_out_of_memory, retry.out_of_memory);
}

bool is_tried_again(const RetrySection& retry, const Tries& tries) {
  if (tries.is_out_of_time) return false;
  const std::int64_t n_failed = tries.n_failed + tries.n_out_of_memory - n_halvings(retry, tries);
  return tries.n_lost <= retry.lost && n_failed <= retry.failed;
}

}  // namespace assay::sweep
