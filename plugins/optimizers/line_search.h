// How far to go along a direction: a search for a step that satisfies the strong Wolfe conditions.
#pragma once

#include <cstdint>
#include <functional>

#include <ATen/core/Tensor.h>

namespace assay::optimizers {

/// What is known at one distance along the direction.
struct Probe {
  float step = 0;
  double value = 0;     // of the function
  float slope = 0;      // of the function along the direction
  at::Tensor gradient;  // flat
};

struct LineSearch {
  double tolerance = 1e-9;       // the search ends where the weights would move by less than this
  std::int64_t max_probes = 25;  // after the first
  float direction_size = 0;      // the largest component of the direction
};

/// The best probe that was found, and in `probes` how many were made. start: at step 0, with a slope below 0.
/// first_step: above 0. The procedure, with its constants, is that of torch.optim.LBFGS
/// (Nocedal and Wright 2006, Numerical Optimization, alg. 3.5 and 3.6); steps and slopes are f32, as there.
Probe strong_wolfe(const std::function<Probe(float step)>& probe, const Probe& start, float first_step,
                   const LineSearch& options, std::int64_t& probes);

}  // namespace assay::optimizers
