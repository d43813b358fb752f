#include "plugins/samplers/parzen.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/error.h"

namespace assay::samplers {
namespace {

// With the prior's kernel, so that their sum is 1.
std::vector<double> kernel_weights(std::span<const double> of_points) {
  std::vector<double> weights(of_points.begin(), of_points.end());
  weights.push_back(1);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

// centres: the prior's last.
std::vector<double> kernel_widths(const std::vector<double>& centres, double low, double high) {
  const std::size_t n_points = centres.size() - 1;
  const double range = high - low;
  std::vector<double> widths(centres.size(), range);
  std::vector<std::size_t> order(n_points);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return centres[a] < centres[b]; });
  const double narrowest = range / std::min(100.0, static_cast<double>(n_points + 2));
  for (std::size_t i = 0; i < n_points; ++i) {
    const double here = centres[order[i]];
    const bool has_left = i > 0, has_right = i + 1 < n_points;
    const double left = has_left ? here - centres[order[i - 1]] : 0;
    const double right = has_right ? centres[order[i + 1]] - here : 0;
    const double alone = std::max(here - low, high - here);
    const double gap = has_left || has_right ? std::max(left, right) : alone;
    widths[order[i]] = std::clamp(gap, narrowest, std::max(range, narrowest));
  }
  return widths;
}

// Of the standard normal distribution.
double mass_between(double a, double b) {
  constexpr double root_half = std::numbers::sqrt2 / 2;
  if (a < -9 && b > 9) return 1;  // to the last bit
  if (a > 0) return (std::erfc(a * root_half) - std::erfc(b * root_half)) / 2;
  return (std::erfc(-b * root_half) - std::erfc(-a * root_half)) / 2;
}

}  // namespace

Parzen::Parzen(const Space& space, std::span<const std::size_t> members, std::span<const Point* const> points,
               std::span<const double> weights)
    : space_(&space), weights_(kernel_weights(weights)) {
  ASSAY_ASSERT(weights.size() == points.size());
  const auto n_points = static_cast<double>(points.size());
  for (const std::size_t index : members) {
    const Parameter& parameter = space.parameters[index];
    if (parameter.kind == Parameter::Kind::choice) {
      members_.push_back({index, true, choices_.size()});
      Choice choice;
      for (const Point* point : points) choice.observed.push_back(static_cast<std::size_t>((*point)[index]));
      const double spread = 1 / (n_points + 1);
      const double sum = 1 + spread * static_cast<double>(parameter.n_choices);
      choice.hit = (1 + spread) / sum;
      choice.miss = spread / sum;
      choices_.push_back(std::move(choice));
      continue;
    }
    members_.push_back({index, false, numbers_.size()});
    Number number;
    const double half = parameter.step / 2;
    number.low =
        parameter.is_log ? std::log(parameter.low - std::min(half, parameter.low / 2)) : parameter.low - half;
    number.high = parameter.is_log ? std::log(parameter.high + half) : parameter.high + half;
    for (const Point* point : points) number.centres.push_back(inner(parameter, (*point)[index]));
    number.centres.push_back((number.low + number.high) / 2);
    number.widths = kernel_widths(number.centres, number.low, number.high);
    numbers_.push_back(std::move(number));
  }
  cumulative_.resize(weights_.size());
  std::partial_sum(weights_.begin(), weights_.end(), cumulative_.begin());

  factors_ = weights_;
  const std::size_t prior = weights_.size() - 1;
  for (const Number& number : numbers_) {
    const double range = number.high - number.low;
    if (range <= 0) continue;
    for (std::size_t k = 0; k <= prior; ++k) {
      const double centre = number.centres[k], width = number.widths[k];
      factors_[k] /= width * mass_between((number.low - centre) / width, (number.high - centre) / width);
    }
  }
}

double Parzen::inner(const Parameter& parameter, double value) const {
  return parameter.is_log ? std::log(value) : value;
}

std::size_t Parzen::draw_kernel(double share) const {
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), share);
  return std::min(static_cast<std::size_t>(found - cumulative_.begin()), weights_.size() - 1);
}

double Parzen::draw_number(const Number& number, std::size_t kernel, Draws& draws) const {
  const double width = number.widths[kernel];
  if (width <= 0) return number.low;
  while (true) {  // at least a third of the draws are inside
    const double value = number.centres[kernel] + width * draws.normal();
    if (value >= number.low && value <= number.high) return value;
  }
}

void Parzen::draw(Point& point, Draws& draws) const {
  const std::size_t kernel = draw_kernel(draws.uniform());
  for (const Member& member : members_) {
    const Parameter& parameter = space_->parameters[member.parameter];
    double& value = point[member.parameter];
    if (member.is_choice) {
      const Choice& choice = choices_[member.place];
      const double share = draws.uniform();
      const auto n_choices = static_cast<double>(parameter.n_choices);
      // A kernel is one choice with some probability, else any of them.
      const bool is_hit = kernel < choice.observed.size() && share < choice.hit - choice.miss;
      const double rest = kernel < choice.observed.size()
                              ? (share - (choice.hit - choice.miss)) / (1 - (choice.hit - choice.miss))
                              : share;
      value = is_hit ? static_cast<double>(choice.observed[kernel])
                     : std::min(n_choices - 1, std::floor(rest * n_choices));
      continue;
    }
    const double drawn = draw_number(numbers_[member.place], kernel, draws);
    value = std::clamp(parameter.is_log ? std::exp(drawn) : drawn, parameter.low, parameter.high);
    if (parameter.step > 0) {
      const auto number = std::llround((value - parameter.low) / parameter.step);
      value = parameter.value(std::clamp<std::int64_t>(number, 0, parameter.count() - 1));
    }
  }
}

void Parzen::add_log_density(std::span<const Point> points, std::span<double> out) const {
  const std::size_t n_kernels = weights_.size(), prior = n_kernels - 1;
  std::vector<double> squares(n_kernels), factors(n_kernels);
  for (std::size_t p = 0; p < points.size(); ++p) {
    std::fill(squares.begin(), squares.end(), 0.0);
    factors = factors_;
    for (const Member& member : members_) {
      const Parameter& parameter = space_->parameters[member.parameter];
      const double value = points[p][member.parameter];
      if (member.is_choice) {
        const Choice& choice = choices_[member.place];
        const auto index = static_cast<std::size_t>(value);
        for (std::size_t k = 0; k < prior; ++k)
          factors[k] *= choice.observed[k] == index ? choice.hit : choice.miss;
        factors[prior] /= static_cast<double>(parameter.n_choices);
        continue;
      }
      const Number& number = numbers_[member.place];
      if (number.high <= number.low) continue;
      const double x = inner(parameter, value);
      const double* centres = number.centres.data();
      const double* widths = number.widths.data();
      for (std::size_t k = 0; k < n_kernels; ++k) {
        const double z = (x - centres[k]) / widths[k];
        squares[k] += z * z;
      }
    }
    const double least = *std::min_element(squares.begin(), squares.end());
    double sum = 0;
    for (std::size_t k = 0; k < n_kernels; ++k) {
      const double far = squares[k] - least;
      if (far < 80) sum += factors[k] * std::exp(-0.5 * far);  // below 1e-17 of the nearest kernel: nothing
    }
    out[p] += std::log(sum) - least / 2;
  }
}

}  // namespace assay::samplers
