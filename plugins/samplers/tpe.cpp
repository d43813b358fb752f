#include "plugins/samplers/tpe.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plugins/samplers/draw.h"
#include "plugins/samplers/parzen.h"

namespace assay::samplers {
namespace {

constexpr std::size_t most_good = 25;
// Kernels of the density of ordinary trials: the newest ones, so that a proposal's cost has a bound.
constexpr std::ptrdiff_t most_others = 2000;
constexpr std::size_t n_recent = 25;  // other trials of full weight

bool same(const Condition& a, const Condition& b) {
  return a.parameter == b.parameter && a.values == b.values;
}

// Two parameters are always active together.
bool go_together(const Parameter& a, const Parameter& b) {
  return std::equal(a.conditions.begin(), a.conditions.end(), b.conditions.begin(), b.conditions.end(), same);
}

bool has_value(const Seen& seen) {
  return (seen.state == Seen::State::done || seen.state == Seen::State::stopped) && std::isfinite(seen.value);
}

// What ran to its end before what was stopped, and of that what was stopped late first.
bool is_better(const Seen* a, const Seen* b) {
  const double share_a = a->state == Seen::State::done ? 1 : a->share;
  const double share_b = b->state == Seen::State::done ? 1 : b->share;
  if (share_a != share_b) return share_a > share_b;
  if (a->value != b->value) return a->value < b->value;
  return a->number < b->number;
}

// Rounded up.
std::size_t n_good_of(std::size_t n_results, std::size_t percent) {
  return std::min((n_results * percent + 99) / 100, most_good);
}

using Trials = std::vector<const Seen*>;

Trials with_values_of(std::size_t parameter, const Trials& trials) {
  Trials out;
  for (const Seen* one : trials) {
    if (!std::isnan(one->point[parameter])) out.push_back(one);
  }
  return out;
}

std::vector<const Point*> points_of(const Trials& trials) {
  std::vector<const Point*> points;
  for (const Seen* one : trials) points.push_back(&one->point);
  return points;
}

// As in CMA-ES: falling with the logarithm of the rank, 1 on average. Ranks, not values, so that an objective
// and its logarithm are searched alike. trials: best first.
std::vector<double> weights_by_rank(const Trials& trials) {
  const auto n = static_cast<double>(trials.size());
  std::vector<double> weights;
  double sum = 0;
  for (double rank = 1; rank <= n; ++rank) sum += weights.emplace_back(std::log((n + 1) / rank));
  for (double& weight : weights) weight *= n / sum;
  return weights;
}

std::vector<double> equal_weights(const Trials& trials) { return std::vector<double>(trials.size(), 1.0); }

// Rising with the order of the trials; the newest have full weight.
std::vector<double> weights_by_age(const Trials& trials) {
  std::vector<double> weights(trials.size(), 1.0);
  const std::size_t n_old = trials.size() > n_recent ? trials.size() - n_recent : 0;
  const double first = 1 / static_cast<double>(std::max<std::size_t>(trials.size(), 1));
  for (std::size_t i = 0; i < n_old; ++i) {
    const double way = n_old == 1 ? 0 : static_cast<double>(i) / static_cast<double>(n_old - 1);
    weights[i] = first + (1 - first) * way;
  }
  return weights;
}

}  // namespace

Tpe::Tpe(const Params& params, const Needs& needs)
    : params_(params),
      space_(needs.space),
      stream_(needs.seed, "sampler/tpe"),
      startup_(needs.seed, "sampler/tpe/startup") {
  for (std::size_t i = 0; i < space_.parameters.size(); ++i) {
    const auto home = std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) {
      return go_together(space_.parameters[group.front()], space_.parameters[i]);
    });
    if (params_.multivariate && home != groups_.end()) {
      home->push_back(i);
    } else {
      groups_.push_back({i});
    }
  }
}

// In turns: sharp, which goes down fast, and wide, which is not held by the best trial and gets out of side
// valleys and of choices that were lucky.
Tpe::Look Tpe::look_of(std::int64_t number) const {
  if (number % 2 != 0) return {15, true, params_.candidates};
  return {10, false, std::max<std::int64_t>(params_.candidates / 2, 1)};
}

Point Tpe::propose(const Ask& ask) const {
  Trials results, others;
  for (const Seen& seen : ask.seen) (has_value(seen) ? results : others).push_back(&seen);
  const auto attempt = static_cast<std::uint32_t>(ask.attempt);
  const auto number = static_cast<std::uint64_t>(ask.number);
  if (std::ssize(results) < params_.startup) {
    Draws draws = startup_.at(attempt, number);
    return draw_evenly(space_, draws);
  }
  const Look look = look_of(ask.number);
  const auto n_good = static_cast<std::ptrdiff_t>(n_good_of(results.size(), look.percent_good));
  std::partial_sort(results.begin(), results.begin() + n_good, results.end(), is_better);
  const Trials good(results.begin(), results.begin() + n_good);
  others.insert(others.end(), results.begin() + n_good, results.end());
  std::sort(others.begin(), others.end(), [](const Seen* a, const Seen* b) { return a->number < b->number; });
  if (std::ssize(others) > most_others) others.erase(others.begin(), others.end() - most_others);

  Draws draws = stream_.at(attempt, number);
  Point point = space_.empty_point();
  for (const Group& group : groups_) {
    if (space_.is_active(group.front(), point)) choose(group, look, good, others, draws, point);
  }
  return point;
}

void Tpe::choose(const Group& group, const Look& look, const Trials& good, const Trials& others, Draws& draws,
                 Point& point) const {
  const Trials best_first = with_values_of(group.front(), good);
  const Trials oldest_first = with_values_of(group.front(), others);
  const Parzen promising(space_, group, points_of(best_first),
                         look.is_ranked ? weights_by_rank(best_first) : equal_weights(best_first));
  const Parzen ordinary(space_, group, points_of(oldest_first), weights_by_age(oldest_first));
  std::vector<Point> candidates(static_cast<std::size_t>(look.candidates), point);
  for (Point& candidate : candidates) promising.draw(candidate, draws);
  std::vector<double> gain(candidates.size(), 0.0), loss(candidates.size(), 0.0);
  promising.add_log_density(candidates, gain);
  ordinary.add_log_density(candidates, loss);
  // What is forbidden was never tried, so that it looks promising.
  const Point* best = &candidates.front();
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (gain[i] - loss[i] <= most || !space_.is_allowed(candidates[i])) continue;
    most = gain[i] - loss[i];
    best = &candidates[i];
  }
  point = *best;
}

}  // namespace assay::samplers
