#include "plugins/optimizers/line_search.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace assay::optimizers {

namespace {

constexpr float sufficient_decrease = 1e-4F;
constexpr float curvature = 0.9F;

/// Where the cubic through two probes, with their slopes, is least, within bounds.
float cubic_minimum(const Probe& a, const Probe& b, float least, float most) {
  const auto secant = static_cast<float>(3 * (a.value - b.value)) / (a.step - b.step);
  const float d1 = a.slope + b.slope - secant;
  const float square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const float d2 = std::sqrt(square);
  const Probe& left = a.step <= b.step ? a : b;
  const Probe& right = a.step <= b.step ? b : a;
  const float place =
      right.step - (right.step - left.step) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return std::min(std::max(place, least), most);
}

class Search {
 public:
  Search(const std::function<Probe(float)>& probe, const Probe& start, const LineSearch& options)
      : probe_(probe), start_(start), options_(options) {}

  Probe run(float first_step) {
    bracket(first_step);
    while (!found_ && iterations_ < options_.max_probes) {
      if (static_cast<double>((high_end() - low_end()) * options_.direction_size) < options_.tolerance) break;
      zoom();
    }
    return found_ ? *found_ : low_;
  }

  std::int64_t probes() const { return probes_; }

 private:
  Probe look(float step) {
    ++probes_;
    return probe_(step);
  }
  bool is_too_high(const Probe& at) const {
    const float line = static_cast<float>(start_.value) + sufficient_decrease * at.step * start_.slope;
    return static_cast<float>(at.value) > line;
  }
  bool is_flat(const Probe& at) const { return std::abs(at.slope) <= -curvature * start_.slope; }

  /// Goes on until two probes enclose a good step, or one is good.
  void bracket(float first_step) {
    Probe previous = start_;
    Probe now = look(first_step);
    for (; iterations_ < options_.max_probes; ++iterations_) {
      if (is_too_high(now) || (iterations_ > 1 && now.value >= previous.value)) return enclose(previous, now);
      if (is_flat(now)) {
        found_ = now;
        return;
      }
      if (now.slope >= 0) return enclose(previous, now);
      const float least = now.step + 0.01F * (now.step - previous.step);
      Probe next = look(cubic_minimum(previous, now, least, now.step * 10));
      previous = std::exchange(now, std::move(next));
    }
    enclose(start_, now);
  }

  void enclose(const Probe& first, const Probe& second) {
    low_ = first.value <= second.value ? first : second;
    high_ = first.value <= second.value ? second : first;
  }

  /// Looks between the two and keeps the half that holds a good step.
  void zoom() {
    const Probe now = look(place_between());
    ++iterations_;
    if (is_too_high(now) || now.value >= low_.value) {
      const Probe low = low_;
      enclose(low, now);
      return;
    }
    if (is_flat(now)) {
      found_ = now;
      return;
    }
    if (now.slope * (high_.step - low_.step) >= 0) high_ = low_;
    low_ = now;
  }

  /// Where the cubic is least; twice near an end, or at it, it is a tenth inside of that end.
  float place_between() {
    const float place = cubic_minimum(low_, high_, low_end(), high_end());
    const float margin = 0.1F * (high_end() - low_end());
    if (std::min(high_end() - place, place - low_end()) >= margin) {
      is_near_end_ = false;
      return place;
    }
    if (!is_near_end_ && place < high_end() && place > low_end()) {
      is_near_end_ = true;
      return place;
    }
    is_near_end_ = false;
    const bool is_right = std::abs(place - high_end()) < std::abs(place - low_end());
    return is_right ? high_end() - margin : low_end() + margin;
  }

  float low_end() const { return std::min(low_.step, high_.step); }
  float high_end() const { return std::max(low_.step, high_.step); }

  const std::function<Probe(float)>& probe_;
  const Probe& start_;
  const LineSearch& options_;
  Probe low_, high_;  // by value
  std::optional<Probe> found_;
  bool is_near_end_ = false;
  std::int64_t iterations_ = 0;
  std::int64_t probes_ = 0;
};

}  // namespace

Probe strong_wolfe(const std::function<Probe(float step)>& probe, const Probe& start, float first_step,
                   const LineSearch& options, std::int64_t& probes) {
  Search search(probe, start, options);
  Probe best = search.run(first_step);
  probes = search.probes();
  return best;
}

}  // namespace assay::optimizers
