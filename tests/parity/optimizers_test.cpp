// A thousand steps of every optimizer against those of PyTorch (record.py says how the problem is made).
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/Version.h>

#include "registry/contracts/tensor/optimizer.h"
#include "tests/parity/recorded.h"

namespace assay::testing {
namespace {

at::Tensor gradient(const at::Tensor& weight, std::int64_t step) {
  const at::Tensor pattern = spread(weight.sizes().vec());
  const at::Tensor curvature = pattern.abs().mul(4).add(0.01);
  const at::Tensor noise = pattern.mul(static_cast<double>(step * 37 % 101) / 64 - 0.78125);
  return weight.detach().sub(pattern.flip(0)).mul(curvature).add(noise);
}

/// The weights at the steps that were kept.
std::vector<std::vector<at::Tensor>> descend(const Json& entry, const std::vector<std::int64_t>& kept_steps) {
  const Component component = tensor_component("optimizer", entry.find("type")->text());
  const std::vector<TrainedParameter> weights{{"matrix", spread({5, 7}).mul(2).requires_grad_(true)},
                                              {"row", spread({19}).mul(2).requires_grad_(true)}};
  const auto optimizer = component.parts->build(bind_filled<Optimizer>(component, *entry.find("options")),
                                                Optimizer::Needs{weights});
  std::vector<std::vector<at::Tensor>> kept;
  for (std::int64_t step = 0; step < kept_steps.back(); ++step) {
    for (const TrainedParameter& weight : weights)
      weight.tensor.mutable_grad() = gradient(weight.tensor, step);
    optimizer->step({.factor = 1 - static_cast<double>(step) / 2048});
    if (!std::ranges::binary_search(kept_steps, step + 1)) continue;
    kept.push_back({weights[0].tensor.detach().clone(), weights[1].tensor.detach().clone()});
  }
  return kept;
}

double largest_difference(const std::vector<std::vector<at::Tensor>>& ours, const Json& theirs) {
  double largest = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      largest = std::max(largest, difference(ours[i][j], theirs.items().at(i).items().at(j)));
    }
  }
  return largest;
}

class OptimizerParity : public ::testing::TestWithParam<std::string> {};

TEST_P(OptimizerParity, AThousandStepsAreThoseOfPyTorch) {
  const Json file = recorded("optimizers.json");
  const Json& entry = *file.find(GetParam());
  const auto ours = descend(entry, integers(*file.find("steps")));

  const bool are_kernels_the_same = at::get_cpu_capability() == file.find("cpu")->text();
  expect_parity(largest_difference(ours, *entry.find("fused")),
                are_kernels_the_same ? fused_steps : fused_steps_elsewhere, "fused");
  expect_parity(largest_difference(ours, *entry.find("plain")), plain_steps, "plain");
}

INSTANTIATE_TEST_SUITE_P(Recorded, OptimizerParity,
                         ::testing::Values("sgd", "sgd momentum", "sgd nesterov", "sgd dampening", "adam",
                                           "adam decay", "adam amsgrad", "adamw", "adamw amsgrad",
                                           "sgd groups", "sgd groups of which one has momentum",
                                           "adam groups", "adamw groups"),
                         parity_name);

}  // namespace
}  // namespace assay::testing
