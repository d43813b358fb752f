#include "runner/sweep/effects.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.h"

namespace assay::sweep {
namespace {

constexpr std::size_t most_parts = 4;

/// Where a range is cut, so that the parts hold about as many values each: the first value of every part.
std::vector<double> cuts(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<double> out;
  const std::size_t n_parts = std::min(most_parts, values.size());
  for (std::size_t part = 0; part < n_parts; ++part) {
    const double first = values[part * values.size() / n_parts];
    if (out.empty() || first > out.back()) out.push_back(first);
  }
  return out;
}

class Measurement {
 public:
  Measurement(const Space& space, std::span<const Measured> measured,
              const std::function<std::string(std::size_t, double)>& label)
      : space_(space), measured_(measured), label_(label) {}

  Effect of(std::size_t parameter) const {
    const std::map<double, std::vector<const Measured*>> levels = grouped(parameter);
    Effect effect{parameter, 0, 0, {}};
    double sum = 0;
    std::size_t n = 0;
    for (const auto& [first, members] : levels) {
      double level_sum = 0;
      for (const Measured* one : members) level_sum += one->value;
      effect.levels.push_back(
          {label_of(parameter, members), members.size(), level_sum / static_cast<double>(members.size())});
      sum += level_sum;
      n += members.size();
    }
    if (effect.levels.size() < 2) return effect;
    const double mean = sum / static_cast<double>(n);
    double between = 0, all = 0;
    for (const Level& level : effect.levels)
      between += static_cast<double>(level.count) * (level.mean - mean) * (level.mean - mean);
    for (const auto& [first, members] : levels) {
      for (const Measured* one : members) all += (one->value - mean) * (one->value - mean);
    }
    effect.share = all > 0 ? between / all : 0;
    effect.by_chance = static_cast<double>(effect.levels.size() - 1) / static_cast<double>(n - 1);
    return effect;
  }

 private:
  /// Configurations in which the parameter takes part, by the first value of their level.
  std::map<double, std::vector<const Measured*>> grouped(std::size_t parameter) const {
    std::vector<double> values;
    for (const Measured& one : measured_) {
      if (!std::isnan(one.point[parameter])) values.push_back(one.point[parameter]);
    }
    const bool is_choice = space_.parameters[parameter].kind == Parameter::Kind::choice;
    const std::vector<double> starts = is_choice || values.empty() ? std::vector<double>() : cuts(values);
    std::map<double, std::vector<const Measured*>> out;
    for (const Measured& one : measured_) {
      const double value = one.point[parameter];
      if (std::isnan(value)) continue;
      const double level =
          is_choice ? value : *std::prev(std::upper_bound(starts.begin(), starts.end(), value));
      out[level].push_back(&one);
    }
    return out;
  }

  std::string label_of(std::size_t parameter, const std::vector<const Measured*>& members) const {
    const auto [low, high] = std::minmax_element(
        members.begin(), members.end(),
        [&](const Measured* a, const Measured* b) { return a->point[parameter] < b->point[parameter]; });
    const std::string first = label_(parameter, (*low)->point[parameter]);
    const std::string last = label_(parameter, (*high)->point[parameter]);
    return first == last ? first : text(first, " to ", last);
  }

  const Space& space_;
  std::span<const Measured> measured_;
  const std::function<std::string(std::size_t, double)>& label_;
};

}  // namespace

std::vector<Effect> effects_of(const Space& space, std::span<const Measured> measured,
                               const std::function<std::string(std::size_t parameter, double value)>& label) {
  std::vector<Effect> effects;
  for (std::size_t i = 0; i < space.parameters.size(); ++i) {
    Effect effect = Measurement(space, measured, label).of(i);
    if (effect.levels.size() >= 2) effects.push_back(std::move(effect));
  }
  std::stable_sort(effects.begin(), effects.end(),
                   [](const Effect& a, const Effect& b) { return a.share > b.share; });
  return effects;
}

}  // namespace assay::sweep
