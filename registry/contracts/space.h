// What a sweep may draw from, as samplers see it: numbers and choices in a row, some of them only where
// others have certain values. What the choices stand for (a width, a whole optimizer) is not the sampler's
// business.
//
//   Point point = space.empty_point();
//   for (std::size_t i = 0; i < space.parameters.size(); ++i) {
//     if (space.is_active(i, point)) point[i] = ...;
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// One value a parameter of the space: the index of a choice, or the number. nan: not active.
using Point = std::vector<double>;

/// Holds where a parameter has one of these values.
struct Condition {
  std::size_t parameter = 0;
  std::vector<double> values;

  bool holds(const Point& point) const;
};

struct Parameter {
  enum class Kind { choice, integer, real };
  std::string
      name;  // the key that it sets, as `optimizer.lr`; of a choice within a choice: `optimizer[1].lr`
  Kind kind = Kind::choice;
  std::int64_t n_choices = 0;  // of a choice; they have no order
  // Of numbers: both ends may be drawn. step: what values differ by, counted from low; 0: any real between.
  double low = 0;
  double high = 1;
  double step = 0;
  bool is_log = false;                // drawn evenly in the logarithm; low is above 0
  std::vector<Condition> conditions;  // all must hold; they name earlier parameters only

  bool is_finite() const { return kind == Kind::choice || step > 0; }
  /// How many values there are; finite parameters only.
  std::int64_t count() const;
  /// The value with this number, from 0; finite parameters only.
  double value(std::int64_t number) const;
  /// The value at a share of the range, from 0 to 1 (excluded): every choice has an equal part of it, every
  /// step too; reals are spread evenly, in the logarithm where is_log.
  double at(double share) const;
};

struct Space {
  std::vector<Parameter> parameters;
  /// Combinations that are left out: those where all conditions of one list hold.
  std::vector<std::vector<Condition>> forbidden;

  Point empty_point() const { return Point(parameters.size(), std::numeric_limits<double>::quiet_NaN()); }
  /// Whether a parameter takes part, given the values before it.
  bool is_active(std::size_t parameter, const Point& point) const;
  bool is_allowed(const Point& point) const;
};

}  // namespace assay
