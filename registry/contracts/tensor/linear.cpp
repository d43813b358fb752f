#include "registry/contracts/tensor/linear.h"

#include <vector>

#include <ATen/autocast_mode.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sum.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

namespace assay {
namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

/// The gradients of a linear layer. In the order of next_edges: of x, of the weight, of the bias.
class LinearBackward final : public torch::autograd::Node {
 public:
  LinearBackward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias)
      : Node(torch::autograd::collect_next_edges(x, weight, bias)) {
    // What a gradient does not need is not kept alive for it.
    if (weight.requires_grad()) x_ = SavedVariable(x, /*is_output=*/false);
    if (x.requires_grad()) weight_ = SavedVariable(weight, /*is_output=*/false);
  }

  variable_list apply(variable_list&& gradients) override {
    variable_list found(3);
    const at::Tensor& gradient = gradients.front();
    if (!gradient.defined()) return found;
    const at::Tensor rows = gradient.reshape({-1, gradient.size(-1)});
    if (task_should_compute_output(0)) {
      std::vector<std::int64_t> sizes = gradient.sizes().vec();
      const at::Tensor weight = weight_.unpack();
      sizes.back() = weight.size(1);
      found[0] = at::mm(rows, weight).view(sizes);
    }
    if (task_should_compute_output(1)) {
      const at::Tensor x = x_.unpack();
      found[1] = at::mm(rows.t(), x.reshape({-1, x.size(-1)}));
    }
    if (task_should_compute_output(2)) found[2] = at::sum(rows, 0);
    return found;
  }

  void release_variables() override {
    x_.reset_data();
    weight_.reset_data();
  }

  std::string name() const override { return "LinearBackward"; }

 private:
  SavedVariable x_;
  SavedVariable weight_;
};

bool is_plain(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
}

bool is_ours(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!at::GradMode::is_enabled() || at::autocast::is_autocast_enabled(at::kCPU)) return false;
  return is_plain(x) && x.dim() > 1 && x.numel() > 0 && is_plain(weight) && bias.defined() &&
         is_plain(bias) && (x.requires_grad() || weight.requires_grad() || bias.requires_grad());
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!is_ours(x, weight, bias)) return at::linear(x, weight, bias);
  at::Tensor out;
  {
    const at::AutoDispatchBelowADInplaceOrView below_autograd;
    if (x.dim() == 2) {
      out = at::addmm(bias, x, weight.t());
    } else {
      std::vector<std::int64_t> sizes = x.sizes().vec();
      sizes.back() = weight.size(0);
      out = at::addmm(bias, x.view({-1, x.size(-1)}), weight.t()).view(sizes);
    }
  }
  torch::autograd::set_history(out, c10::make_intrusive<LinearBackward>(x, weight, bias));
  return out;
}

}  // namespace assay
