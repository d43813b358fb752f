// Losses and metrics of fixed scores against those of PyTorch.
#include <cmath>
#include <memory>
#include <string>

#include <ATen/ops/arange.h>

#include "registry/contracts/tensor/loss.h"
#include "registry/contracts/tensor/metric.h"
#include "tests/parity/recorded.h"

namespace assay::testing {
namespace {

constexpr std::int64_t rows = 23, classes = 5;

at::Tensor scores() { return spread({rows, classes}).mul(4); }

/// Class numbers for classification, values for the rest.
Batch batch_for(const Component& component) {
  const bool is_classification =
      std::any_cast<TaskFacet>(component.info->facet).serves(Task::Kind::classification);
  Batch batch;
  batch.target = is_classification ? at::remainder(at::arange(rows, at::kLong).mul(7), classes)
                                   : spread({rows + 1, classes}).narrow(0, 1, rows).mul(3);
  batch.ids = ids_from(0, rows);
  return batch;
}

class LossParity : public ::testing::TestWithParam<std::string> {};

TEST_P(LossParity, MeanAndGradientAreThoseOfPyTorch) {
  const Json file = recorded("scores.json");
  const Json& entry = *file.find(GetParam());
  const Component component = tensor_component("loss", entry.find("type")->text());
  const Task task{Task::Kind::classification, classes, {}};
  const auto loss =
      component.parts->build(bind_filled<Loss>(component, *entry.find("options")), Loss::Needs{task});

  const at::Tensor x = scores().requires_grad_(true);
  const at::Tensor mean = (*loss)(Outputs(x), batch_for(component)).mean();
  mean.backward();

  expect_parity(difference(mean, Json(Json::List{*entry.find("value")})), loss_value, "value");
  expect_parity(difference(x.grad(), *entry.find("gradient")), loss_gradient, "gradient");
}

INSTANTIATE_TEST_SUITE_P(Recorded, LossParity,
                         ::testing::Values("cross_entropy", "cross_entropy smoothed",
                                           "cross_entropy weighted", "cross_entropy weighted and smoothed",
                                           "mse"),
                         parity_name);

class MetricParity : public ::testing::TestWithParam<std::string> {};

TEST_P(MetricParity, ValueIsThatOfPyTorch) {
  const Json file = recorded("scores.json");
  const Component component = tensor_component("metric", GetParam());
  const auto metric = component.parts->build(bind_filled<Metric>(component), Metric::Needs{});
  metric->update(Outputs(scores()), batch_for(component));

  const double expected = file.find("metrics")->find(GetParam())->real();
  expect_parity(std::abs(metric->values().front().value - expected) / expected, metric_value, "value");
}

INSTANTIATE_TEST_SUITE_P(Recorded, MetricParity, ::testing::Values("accuracy", "rmse", "mae"), parity_name);

}  // namespace
}  // namespace assay::testing
