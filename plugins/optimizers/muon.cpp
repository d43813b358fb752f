#include "plugins/optimizers/muon.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>

#include "plugins/optimizers/adam_step.h"
#include "plugins/optimizers/grouped.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

/// Brings the singular values of a matrix near 1 (between 0.5 and 1.5) by the quintic iteration of the
/// source, whose coefficients make small values grow fastest. x: [rows, columns]; computes in bf16.
at::Tensor orthogonal(const at::Tensor& x, const MuonParams& p) {
  constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
  const bool is_tall = x.size(0) > x.size(1);
  at::Tensor y = x.to(at::kBFloat16, /*non_blocking=*/false, /*copy=*/true);
  if (is_tall) y = y.t();
  y.div_(at::linalg_vector_norm(y).clamp_min(p.eps));
  for (std::int64_t i = 0; i < p.newton_schulz_steps; ++i) {
    const at::Tensor gram = at::matmul(y, y.t());
    y = at::addmm(y, at::addmm(gram, gram, gram, b, c), y, a);
  }
  return is_tall ? y.t() : y;
}

double shape_factor(const at::Tensor& matrix, const MuonParams& p) {
  const auto rows = static_cast<double>(matrix.size(0)), columns = static_cast<double>(matrix.size(1));
  if (p.adjust_lr == "match_rms_adamw") return 0.2 * std::sqrt(std::max(rows, columns));
  return std::sqrt(std::max(1.0, rows / columns));
}

AdamWParams adamw_of(const MuonRestParams& rest) {
  AdamWParams params;
  params.lr = rest.lr;
  params.betas = rest.betas;
  params.eps = rest.eps;
  params.weight_decay = rest.weight_decay;
  return params;
}

StateNames state_names(const MuonParams& params) {
  if (params.rule == "muon") return {"momentum_buffer"};
  return adam_states(AdamWParams{});
}

/// The groups of the config, each divided into matrices and the rest, whose rule is then adamw.
std::vector<TrainedGroup<MuonParams>> divided_groups(const MuonParams& params,
                                                     const std::vector<TrainedParameter>& parameters) {
  std::vector<TrainedGroup<MuonParams>> out;
  for (const TrainedGroup<MuonParams>& group : trained_groups(params, parameters)) {
    TrainedGroup<MuonParams> matrices{group.params, {}}, rest{group.params, {}};
    rest.params.rule = "adamw";
    for (const TrainedParameter& parameter : group.parameters) {
      const bool is_for_muon = group.params.rule == "muon" && parameter.tensor.dim() == 2;
      (is_for_muon ? matrices : rest).parameters.push_back(parameter);
    }
    for (TrainedGroup<MuonParams>* part : {&matrices, &rest}) {
      if (!part->parameters.empty()) out.push_back(std::move(*part));
    }
  }
  return out;
}

/// The operations on matrices are those of PyTorch's Muon, in its order.
class Muon final : public GroupedOptimizer<MuonParams> {
 public:
  Muon(const MuonParams& params, const Needs& needs)
      : GroupedOptimizer(params, divided_groups(params, needs.parameters), state_names) {
    count_steps(needs);
  }

 private:
  void update(const MuonParams& p, const ActiveLists& lists, const StepContext& context) const override {
    if (p.rule == "adamw") {
      step_adam(adamw_of(p.rest), lists, steps(lists.parameters.size()), context);
      return;
    }
    update_unscaled(lists, context,
                    [&](const ActiveLists& unscaled) { move_matrices(p, unscaled, p.lr * context.factor); });
  }

  static void move_matrices(const MuonParams& p, const ActiveLists& lists, double lr) {
    const std::vector<at::Tensor>& mean = lists.states.front();
    at::_foreach_lerp_(mean, lists.gradients, 1 - p.momentum);
    const std::vector<at::Tensor> ahead =
        p.nesterov ? at::_foreach_lerp(lists.gradients, mean, p.momentum) : mean;
    at::_foreach_mul_(lists.parameters, 1 - lr * p.weight_decay);
    for (std::size_t i = 0; i < ahead.size(); ++i) {
      at::Tensor parameter = lists.parameters[i];
      parameter.add_(orthogonal(ahead[i], p), -lr * shape_factor(parameter, p));
    }
  }
};

}  // namespace

void implement_muon(Implementations& parts) { parts.add<Muon>("muon"); }

}  // namespace assay::optimizers
