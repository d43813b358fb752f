// L-BFGS: steps by the curvature that the last gradients show, for small problems and whole batches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

struct LbfgsParams {
  double lr = 1.0;
  std::int64_t max_iter = 20;
  std::optional<std::int64_t> max_eval;
  double tolerance_grad = 1e-7;
  double tolerance_change = 1e-9;
  std::int64_t history_size = 100;
  std::string line_search = "none";

  static constexpr bool needs_closure = true;

  static void describe(Fields<LbfgsParams>& f) {
    f.about(
        "L-BFGS: each step of training makes up to max_iter moves by an estimate of the inverse Hessian, and "
        "computes the loss of its batch again for each. Meant for batches that are all of the data: "
        "gradients "
        "of different batches show no curvature. Has no parameter groups.");
    f.source(
        "Nocedal and Wright 2006, Numerical Optimization, alg. 7.4; line search: alg. 3.5 and 3.6; numbers "
        "as "
        "torch.optim.LBFGS");
    f("lr", &LbfgsParams::lr,
      "length of a move, in estimated steps to the minimum; with a line search, of "
      "the first try",
      positive, log_scale);
    f("max_iter", &LbfgsParams::max_iter, "moves in a step of training", at_least(1));
    f("max_eval", &LbfgsParams::max_eval,
      "computations of the loss in a step of training; without it, 1.25 times max_iter", at_least(1));
    f("tolerance_grad", &LbfgsParams::tolerance_grad,
      "a step is over when no component of the gradient is larger", non_negative, log_scale);
    f("tolerance_change", &LbfgsParams::tolerance_change,
      "a step is over when neither a weight nor the loss changes by more", non_negative, log_scale);
    f("history_size", &LbfgsParams::history_size,
      "moves that are remembered; each takes twice the memory of the weights", at_least(1));
    f("line_search", &LbfgsParams::line_search, "how a move's length is found: none, or by probing the loss",
      one_of({"none", "strong_wolfe"}));
  }

  /// When the history is full.
  std::int64_t state_per_weight() const { return 2 * history_size + 2; }
};

void implement_lbfgs(Implementations& parts);  // lbfgs.cpp

}  // namespace assay::optimizers
