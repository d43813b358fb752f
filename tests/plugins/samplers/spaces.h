// Spaces for tests of samplers.
#pragma once

#include <string>

#include "registry/contracts/space.h"

namespace assay::testing {

inline Parameter choice(std::string name, std::int64_t n, std::vector<Condition> conditions = {}) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.n_choices = n;
  parameter.conditions = std::move(conditions);
  return parameter;
}

inline Parameter real(std::string name, double low, double high, bool is_log = false,
                      std::vector<Condition> conditions = {}) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.kind = Parameter::Kind::real;
  parameter.low = low;
  parameter.high = high;
  parameter.is_log = is_log;
  parameter.conditions = std::move(conditions);
  return parameter;
}

inline Parameter whole(std::string name, double low, double high, double step = 1) {
  Parameter parameter = real(std::move(name), low, high);
  parameter.kind = Parameter::Kind::integer;
  parameter.step = step;
  return parameter;
}

/// An optimizer of two, each with a rate of its own, and a width that goes with the second.
inline Space nested() {
  return {{choice("optimizer", 2), real("optimizer[0].lr", 1e-4, 1e-2, true, {{0, {0}}}),
           real("optimizer[1].lr", 1e-2, 1, true, {{0, {1}}}), whole("width", 8, 64, 8)},
          {}};
}

}  // namespace assay::testing
