#include "plugins/losses/sum_of_cross_entropy.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/_log_softmax.h>
#include <ATen/ops/_log_softmax_backward_data.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/nll_loss_forward.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

namespace assay::losses {
namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

class SumOfCrossEntropyBackward final : public torch::autograd::Node {
 public:
  SumOfCrossEntropyBackward(const at::Tensor& scores, const at::Tensor& log_p, const at::Tensor& target)
      : Node(torch::autograd::collect_next_edges(scores)), log_p_(log_p, false), target_(target, false) {}

  // Of the likelihoods only those of the targets have a gradient, and each the same.
  variable_list apply(variable_list&& gradients) override {
    if (!gradients.front().defined() || !task_should_compute_output(0)) return variable_list(1);
    const at::Tensor log_p = log_p_.unpack(), target = target_.unpack();
    at::Tensor of_log_p = at::zeros_like(log_p);
    const float value = -*gradients.front().const_data_ptr<float>();
    const std::int64_t classes = log_p.size(1);
    const std::int64_t* class_of = target.const_data_ptr<std::int64_t>();
    float* row = of_log_p.mutable_data_ptr<float>();
    for (std::int64_t i = 0; i < target.size(0); ++i, row += classes) row[class_of[i]] = value;
    return {at::_log_softmax_backward_data(of_log_p, log_p, 1, at::kFloat)};
  }

  void release_variables() override {
    log_p_.reset_data();
    target_.reset_data();
  }

  std::string name() const override { return "SumOfCrossEntropyBackward"; }

 private:
  SavedVariable log_p_;   // [rows, classes] f32
  SavedVariable target_;  // [rows] i64, of which the forward pass found that they are classes
};

bool is_ours(const at::Tensor& scores, const at::Tensor& target) {
  if (!at::GradMode::is_enabled() || at::autocast::is_autocast_enabled(at::kCPU)) return false;
  return scores.is_cpu() && scores.scalar_type() == at::kFloat && scores.dim() == 2 &&
         scores.requires_grad() && target.is_contiguous();
}

}  // namespace

at::Tensor sum_of_cross_entropy(const at::Tensor& scores, const at::Tensor& target) {
  if (!is_ours(scores, target))
    return at::cross_entropy_loss(scores, target, {}, at::Reduction::Sum, no_class);
  at::Tensor log_p, sum;
  {
    const at::AutoDispatchBelowADInplaceOrView below_autograd;
    log_p = at::_log_softmax(scores, 1, /*half_to_float=*/false);
    sum = std::get<0>(at::nll_loss_forward(log_p, target, {}, at::Reduction::Sum, no_class));
  }
  torch::autograd::set_history(sum, c10::make_intrusive<SumOfCrossEntropyBackward>(scores, log_p, target));
  return sum;
}

}  // namespace assay::losses
