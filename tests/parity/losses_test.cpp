// Losses of fixed scores, and their gradients, against those of PyTorch.
#include <memory>
#include <string>

#include "registry/contracts/tensor/loss.h"
#include "tests/parity/scores.h"

namespace assay::testing {
namespace {

void expect_loss_parity(const std::string& name, const Json& entry) {
  const Component component = tensor_component("loss", entry.find("type")->text());
  const Sizes shape = integers(*entry.find("shape"));
  Sizes targets = shape;
  targets.back() /= std::any_cast<TaskFacet>(component.info->facet).outputs_per_target;
  const Loss::Needs needs{{task_kind(entry.find("task")->text()), targets.back(), {}}};
  const auto loss = component.parts->build(bind_filled<Loss>(component, *entry.find("options")), needs);
  Batch batch;
  batch.target = target_of(entry.find("target")->text(), targets);

  const at::Tensor scores = scores_of("plain", shape).requires_grad_(true);
  const at::Tensor mean = (*loss)(Outputs(scores), batch).mean();
  mean.backward();

  const Json value(Json::List{*entry.find("value")});
  expect_parity(difference(mean, value), loss_value, name + ", value");
  expect_parity(difference(scores.grad(), *entry.find("gradient")), loss_gradient, name + ", gradient");
}

TEST(LossParity, MeansAndGradientsAreThoseOfPyTorch) {
  const Json file = recorded("losses.json");
  for (const auto& [name, entry] : file.entries()) {
    if (entry.is_map()) expect_loss_parity(name, entry);
  }
}

TEST(LossParity, EveryLossIsRecorded) {
  expect_all_recorded(recorded("losses.json"), tensor_registry().names("loss"));
}

}  // namespace
}  // namespace assay::testing
