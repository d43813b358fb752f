// Standard functions to be minimised, for comparing samplers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "registry/contracts/space.h"

namespace assay::bench {

struct Function {
  std::string name;
  Space space;
  double least = 0;  // its global minimum
  std::function<double(const Point&)> value;
};

/// The same in every call. Sources: Jamil and Yang 2013, A literature survey of benchmark functions;
/// Surjanovic and Bingham, Virtual library of simulation experiments. Those with logarithmic, whole and named
/// values are ours.
std::vector<Function> functions();

}  // namespace assay::bench
