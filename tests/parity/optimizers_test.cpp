// A thousand steps of every optimizer against those of PyTorch, scikit-learn or the paper's authors
// (record_optimizers.py says how the problem is made).
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <ATen/Version.h>

#include "registry/contracts/tensor/optimizer.h"
#include "tests/parity/recorded.h"

namespace assay::testing {
namespace {

using Weights = std::vector<TrainedParameter>;

at::Tensor curvature(const at::Tensor& pattern) { return pattern.abs().mul(4).add(0.01); }

at::Tensor noise(const at::Tensor& pattern, std::int64_t step) {
  return pattern.mul(static_cast<double>(step * 37 % 101) / 64 - 0.78125);
}

/// Sets the gradients and gives the loss.
double look(const Weights& weights, std::int64_t step) {
  double loss = 0;
  for (const TrainedParameter& weight : weights) {
    const at::Tensor values = weight.tensor.detach(), pattern = spread(values.sizes().vec());
    const at::Tensor away = values.sub(pattern.flip(0)), pull = noise(pattern, step);
    weight.tensor.mutable_grad() = away.mul(curvature(pattern)).add(pull);
    loss += away.square().mul(curvature(pattern)).mul(0.5).add(pull.mul(values)).sum().item<double>();
  }
  return loss;
}

/// The weights at the steps that were kept.
std::vector<std::vector<at::Tensor>> descend(const Json& entry, const std::vector<std::int64_t>& kept_steps) {
  const Component component = tensor_component("optimizer", entry.find("type")->text());
  const Weights weights{{"matrix", spread({5, 7}).mul(2).requires_grad_(true)},
                        {"row", spread({19}).mul(2).requires_grad_(true)}};
  const auto optimizer = component.parts->build(bind_filled<Optimizer>(component, *entry.find("options")),
                                                Optimizer::Needs{weights});
  std::vector<std::vector<at::Tensor>> kept;
  for (std::int64_t step = 0; step < kept_steps.back(); ++step) {
    StepContext context{.factor = 1 - static_cast<double>(step) / 2048};
    if (optimizer->needs_closure()) {
      context.closure = [&] { return look(weights, step / 100); };
    } else {
      look(weights, step);
    }
    optimizer->step(context);
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

/// What is allowed to be different where kernels are those of the recording, and elsewhere.
struct Allowed {
  Tolerance here, elsewhere;
};

Allowed allowed_for(const std::string& name) {
  if (name.starts_with("sgd of sklearn")) return {sklearn_steps, sklearn_steps};
  if (name.starts_with("lbfgs")) return {same_steps, lbfgs_steps_elsewhere};
  if (name.starts_with("lion")) return {same_steps, same_steps};  // signs hide how a sum was rounded
  if (name.starts_with("muon")) return {same_steps, muon_steps_elsewhere};
  if (name.starts_with("rmsprop centered") || name.starts_with("adadelta"))
    return {same_steps, scaled_steps_elsewhere};
  return {same_steps, steps_elsewhere};
}

class OptimizerParity : public ::testing::TestWithParam<std::string> {};

TEST_P(OptimizerParity, AThousandStepsAreThoseOfTheReference) {
  const Json file = recorded("optimizers.json");
  const Json& entry = *file.find(GetParam());
  const auto ours = descend(entry, integers(*file.find("steps")));

  const bool are_kernels_the_same = at::get_cpu_capability() == file.find("cpu")->text();
  const Allowed allowed = allowed_for(GetParam());
  for (const char* how : {"fused", "reference"}) {
    const Json* theirs = entry.find(how);
    if (theirs == nullptr) continue;
    expect_parity(largest_difference(ours, *theirs), are_kernels_the_same ? allowed.here : allowed.elsewhere,
                  how);
  }
  if (const Json* plain = entry.find("plain"))
    expect_parity(largest_difference(ours, *plain), plain_steps, "plain");
}

std::vector<std::string> entries() {
  std::vector<std::string> names;
  const Json file = recorded("optimizers.json");
  for (const auto& [name, entry] : file.entries()) {
    if (entry.is_map()) names.push_back(name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Recorded, OptimizerParity, ::testing::ValuesIn(entries()), parity_name);

TEST(OptimizerParity, EveryOptimizerIsRecorded) {
  const Json file = recorded("optimizers.json");
  for (const ComponentInfo* info : tensor_registry().list("optimizer")) {
    const auto& all = file.entries();
    EXPECT_TRUE(std::ranges::any_of(all, [&](const auto& entry) {
      return entry.second.is_map() && entry.second.find("type")->text() == info->name;
    })) << info->name;
  }
}

}  // namespace
}  // namespace assay::testing
