// Metrics of fixed scores against those of scikit-learn, torchmetrics, PyTorch and SciPy.
#include <cmath>
#include <memory>
#include <string>

#include "registry/contracts/tensor/metric.h"
#include "tests/parity/scores.h"

namespace assay::testing {
namespace {

/// The scores, in f64 where a metric looks at passes, since those are recorded in f64; with passes around
/// them.
Outputs outputs_of(const at::Tensor& scores, bool needs_passes) {
  Outputs outputs(scores);
  if (!needs_passes) return outputs;
  Sizes shape = scores.sizes().vec();
  shape.insert(shape.begin(), 7);
  outputs.tensors.set("passes", spread(shape).to(at::kDouble).mul(0.25).add(scores.to(at::kDouble)));
  return outputs;
}

std::unique_ptr<Metric> shown_metric(const Json& entry) {
  const Component component = tensor_component("metric", entry.find("type")->text());
  const Sizes shape = integers(*entry.find("shape"));
  const Task task{task_kind(entry.find("task")->text()), shape.back(), {}};
  auto metric = component.parts->build(bind_filled<Metric>(component, *entry.find("options")),
                                       Metric::Needs{.task = task});
  Batch batch;
  batch.target = target_of(entry.find("target")->text(), shape);
  for (std::int64_t i = 0; i < shape.front(); ++i) batch.ids.push_back(i);
  const bool needs_passes = std::any_cast<TaskFacet>(component.info->facet).needs_passes;
  metric->update(outputs_of(scores_of(entry.find("scores")->text(), shape), needs_passes), batch);
  return metric;
}

Tolerance tolerance_of(const std::string& type) {
  if (type == "r2") return metric_r2;
  const bool is_of_f32 =
      type == "bits_per_character" || type == "mae" || type == "perplexity" || type == "rmse";
  return is_of_f32 ? metric_value : metric_counts;
}

void expect_values(const std::string& name, const Json& entry) {
  const Json& expected = *entry.find("values");
  const Tolerance tolerance = tolerance_of(entry.find("type")->text());
  const std::vector<Scalar> values = shown_metric(entry)->values();
  ASSERT_EQ(values.size(), expected.entries().size()) << name;
  for (const Scalar& scalar : values) {
    const Json* theirs = expected.find(scalar.name);
    ASSERT_NE(theirs, nullptr) << name << " gives " << scalar.name;
    const double apart = std::abs(scalar.value - theirs->real());
    expect_parity(apart == 0 ? 0 : apart / std::abs(theirs->real()), tolerance,
                  text(name, ", ", scalar.name));
  }
}

TEST(MetricParity, ValuesAreThoseOfTheReferences) {
  const Json file = recorded("metrics.json");
  for (const auto& [name, entry] : file.entries()) {
    if (entry.is_map() && entry.find("values")) expect_values(name, entry);
  }
}

TEST(MetricParity, ConfusionMatrixIsThatOfScikitLearn) {
  const Json file = recorded("metrics.json");
  const Json& entry = *file.find("confusion_matrix");
  const std::vector<NamedArray> arrays = shown_metric(entry)->arrays();

  ASSERT_EQ(arrays.size(), 1U);
  EXPECT_EQ(arrays[0].values.shape(), (Sizes{5, 5}));
  const auto* counts = arrays[0].values.as<std::int64_t>();
  EXPECT_EQ(Sizes(counts, counts + arrays[0].values.count()), integers(*entry.find("array")));
}

TEST(MetricParity, SamplesAreTheRowsOfHighestCrossEntropy) {
  const Json file = recorded("metrics.json");
  const Json& entry = *file.find("samples");
  const std::vector<NamedArray> arrays = shown_metric(entry)->arrays();

  ASSERT_EQ(arrays.size(), 1U);
  EXPECT_EQ(arrays[0].values.shape(), (Sizes{6, 5}));
  const Json::List& expected = entry.find("array")->items();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double theirs = expected[i].real();
    const double apart = std::abs(element(arrays[0].values, static_cast<std::int64_t>(i)) - theirs);
    expect_parity(apart == 0 ? 0 : apart / std::abs(theirs), metric_value, text("samples, number ", i));
  }
}

TEST(MetricParity, EveryMetricIsRecorded) {
  expect_all_recorded(recorded("metrics.json"), tensor_registry().names("metric"));
}

}  // namespace
}  // namespace assay::testing
