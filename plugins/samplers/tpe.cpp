#include "plugins/samplers/tpe.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plugins/samplers/draw.h"
#include "plugins/samplers/parzen.h"

namespace assay::samplers {
namespace {

// Kernels of the density of ordinary trials: the newest ones, so that a proposal's cost has a bound.
constexpr std::ptrdiff_t most_others = 2000;

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

std::size_t n_good_of(std::size_t n_results) {
  return std::min<std::size_t>((n_results + 9) / 10, 25);  // a tenth, rounded up
}

}  // namespace

Tpe::Tpe(const Params& params, const Needs& needs)
    : params_(params),
      space_(needs.space),
      stream_(needs.seed, "sampler/tpe"),
      startup_(needs.seed, "sampler/tpe/startup"),
      even_(Stream(needs.seed, "sampler/tpe/even")) {
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

Point Tpe::propose(const Ask& ask) const {
  std::vector<const Seen*> results, others;
  for (const Seen& seen : ask.seen) (has_value(seen) ? results : others).push_back(&seen);
  Draws draws = stream_.at(static_cast<std::uint32_t>(ask.attempt), static_cast<std::uint64_t>(ask.number));
  if (std::ssize(results) < params_.startup) {
    Draws first =
        startup_.at(static_cast<std::uint32_t>(ask.attempt), static_cast<std::uint64_t>(ask.number));
    return draw_evenly(space_, first);
  }
  const auto n_good = static_cast<std::ptrdiff_t>(n_good_of(results.size()));
  std::nth_element(results.begin(), results.begin() + n_good - 1, results.end(), is_better);
  std::vector<const Seen*> good(results.begin(), results.begin() + n_good);
  others.insert(others.end(), results.begin() + n_good, results.end());
  const auto by_number = [](const Seen* a, const Seen* b) { return a->number < b->number; };
  std::sort(good.begin(), good.end(), by_number);
  std::sort(others.begin(), others.end(), by_number);
  if (std::ssize(others) > most_others) others.erase(others.begin(), others.end() - most_others);

  Point point = space_.empty_point();
  for (const Group& group : groups_) {
    if (space_.is_active(group.front(), point)) choose(group, good, others, draws, point);
  }
  return point;
}

Point Tpe::first_point(const Ask& ask) const {
  const auto number = static_cast<std::uint64_t>(ask.number);
  if (ask.attempt > 0 || space_.parameters.size() > SobolSequence::most_dimensions) {
    Draws draws = startup_.at(static_cast<std::uint32_t>(ask.attempt), number);
    return draw_evenly(space_, draws);
  }
  Point point = space_.empty_point();
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (space_.is_active(i, point)) point[i] = space_.parameters[i].at(even_.at(number, i));
  }
  return point;
}

void Tpe::choose(const Group& group, const std::vector<const Seen*>& good,
                 const std::vector<const Seen*>& others, Draws& draws, Point& point) const {
  const auto points_of = [&](const std::vector<const Seen*>& seen) {
    std::vector<const Point*> points;
    for (const Seen* one : seen) {
      if (!std::isnan(one->point[group.front()])) points.push_back(&one->point);
    }
    return points;
  };
  const Parzen promising(space_, group, points_of(good)), ordinary(space_, group, points_of(others));
  std::vector<Point> candidates(static_cast<std::size_t>(params_.candidates), point);
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
