// A density over some parameters of a space, made of a kernel for every point that was observed and one for
// the prior: what TPE fits to good and to bad trials.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/random.h"
#include "registry/contracts/space.h"

namespace assay::samplers {

/// Numbers are mixtures of normal distributions that are cut off at the ends of the range, in the logarithm
/// where the range is logarithmic. Of several parameters a kernel is the product over them, so that what goes
/// together is kept together. Widths: Watanabe 2023, Tree-structured Parzen estimator, sec. 3 and table 1.
class Parzen {
 public:
  /// points: every parameter of `members` is active in them. weights: of the points; the prior weighs 1.
  Parzen(const Space& space, std::span<const std::size_t> members, std::span<const Point* const> points,
         std::span<const double> weights);

  /// Draws the members' values into a point.
  void draw(Point& point, Draws& draws) const;
  /// Adds to each of `out` the logarithm of the density (of the probability, for choices) at a point, up to a
  /// constant that is the same for every estimator of these members. Steps have the density at their value.
  void add_log_density(std::span<const Point> points, std::span<double> out) const;

 private:
  struct Number {
    double low = 0, high = 1;  // of what is drawn: in the logarithm, half a step beyond values
    std::vector<double> centres;
    std::vector<double> widths;  // one for each centre, the prior's last
  };
  struct Choice {
    std::vector<std::size_t> observed;  // the prior's kernel has none
    double hit = 0, miss = 0;  // a kernel's probability for the choice it was observed at, and for others
  };
  struct Member {
    std::size_t parameter;
    bool is_choice;
    std::size_t place;  // among numbers or choices
  };

  double inner(const Parameter& parameter, double value) const;
  double draw_number(const Number& number, std::size_t kernel, Draws& draws) const;
  std::size_t draw_kernel(double share) const;

  const Space* space_;
  std::vector<Member> members_;
  std::vector<Number> numbers_;
  std::vector<Choice> choices_;
  std::vector<double> weights_;     // of the kernels, the prior's last; their sum is 1
  std::vector<double> cumulative_;  // of the weights
  std::vector<double> factors_;     // weight by what cutting off leaves out, over the kernels
};

}  // namespace assay::samplers
