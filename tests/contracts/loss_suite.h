// What holds for every loss of scores and targets.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/softmax.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/loss.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// Samples of one kind of task: scores [rows, outputs] (of sequences [rows, places, outputs]) and targets.
class ScoredSamples {
 public:
  static constexpr std::int64_t rows = 12, outputs = 3, places = 2;

  ScoredSamples(Task::Kind kind, const TaskFacet& facet) : facet_(facet) {
    task = {kind, outputs, {}};
    if (kind == Task::Kind::classification) task.class_counts = {4, 4, 4};
  }

  at::Tensor scores(std::int64_t first, std::int64_t count, at::ScalarType type = at::kFloat) const {
    return spread(shape(outputs * facet_.outputs_per_target), type).mul(4).narrow(0, first, count);
  }
  Batch batch(std::int64_t first, std::int64_t count, at::ScalarType type = at::kFloat) const {
    Batch made;
    made.target = (has_classes() ? classes() : values(type)).narrow(0, first, count).clone();
    made.ids = ids_from(first, count);
    return made;
  }
  bool has_classes() const {
    return task.kind == Task::Kind::classification || task.kind == Task::Kind::language_model;
  }

  Task task;

 private:
  std::vector<std::int64_t> shape(std::int64_t last) const {
    const bool is_sequence = task.kind == Task::Kind::language_model || task.kind == Task::Kind::sequence;
    return is_sequence ? std::vector{rows, places, last} : std::vector{rows, last};
  }
  at::Tensor classes() const {
    const std::vector<std::int64_t> sizes = shape(1);
    return at::remainder(at::arange(element_count(sizes), at::kLong), outputs)
        .reshape(at::IntArrayRef(sizes.data(), sizes.size() - 1));
  }
  // Within the range that the component is defined for; of 0 to 1, values that add up to 1.
  at::Tensor values(at::ScalarType type) const {
    const at::Tensor free = spread(shape(outputs), type).flip(0).mul(3);
    const auto [least, most] = facet_.target_range;
    if (std::isinf(least)) return free;
    return std::isinf(most) ? free.abs().add(least) : at::softmax(free, -1).mul(most - least).add(least);
  }

  TaskFacet facet_;
};

/// For each kind of task that a loss or a metric serves.
inline std::vector<ScoredSamples> samples_for(const ComponentInfo& info) {
  TaskFacet facet;
  if (const auto* declared = std::any_cast<TaskFacet>(&info.facet)) facet = *declared;
  std::vector<ScoredSamples> out;
  for (const Task::Kind kind : {Task::Kind::classification, Task::Kind::regression,
                                Task::Kind::language_model, Task::Kind::sequence}) {
    if (facet.serves(kind)) out.emplace_back(kind, facet);
  }
  return out;
}

/// A loss for one kind of task, with samples of it.
struct JudgedSamples {
  ScoredSamples samples;
  std::unique_ptr<Loss> loss;

  LossValue value(std::int64_t first, std::int64_t count) const {
    return (*loss)(Outputs(samples.scores(first, count)), samples.batch(first, count));
  }
  /// The mean over all rows, and its gradient.
  std::pair<at::Tensor, at::Tensor> descent() const {
    const at::Tensor scores = samples.scores(0, samples.rows).clone().requires_grad_(true);
    const at::Tensor mean = (*loss)(Outputs(scores), samples.batch(0, samples.rows)).mean();
    mean.backward();
    return {mean.detach(), scores.grad()};
  }
};

class LossSuite : public ::testing::TestWithParam<Component> {
 protected:
  void SetUp() override {
    for (const ScoredSamples& samples : samples_for(*GetParam().info)) {
      auto loss = GetParam().parts->build(bind_filled<Loss>(GetParam()), Loss::Needs{samples.task});
      tasks_.push_back({samples, std::move(loss)});
    }
    ASSERT_FALSE(tasks_.empty());
  }

  std::vector<JudgedSamples> tasks_;
};

TEST_P(LossSuite, PartsOfABatchAddUpToTheWhole) {
  for (const JudgedSamples& judged : tasks_) {
    const LossValue whole = judged.value(0, 12), first = judged.value(0, 5), second = judged.value(5, 7);
    const double sum = whole.sum.item<double>(), close = 1e-6 * std::abs(sum);  // f32 in another order
    EXPECT_NEAR(first.sum.item<double>() + second.sum.item<double>(), sum, close);
    EXPECT_EQ(first.count + second.count, whole.count);
    if (!whole.weight.defined()) continue;
    EXPECT_NEAR(first.weight.item<double>() + second.weight.item<double>(), whole.weight.item<double>(),
                1e-5);
  }
}

TEST_P(LossSuite, HasAFiniteGradientThatIsNotZero) {
  for (const JudgedSamples& judged : tasks_) {
    const at::Tensor gradient = judged.descent().second;
    EXPECT_TRUE(gradient.isfinite().all().item<bool>());
    EXPECT_GT(gradient.abs().sum().item<float>(), 0);
  }
}

/// The gradients of autograd against differences of the loss itself, in f64.
TEST_P(LossSuite, GradientsAreThoseOfTheFunction) {
  constexpr double step = 1e-6, tolerance = 1e-7;
  for (const JudgedSamples& judged : tasks_) {
    const Batch batch = judged.samples.batch(0, 12, at::kDouble);
    at::Tensor scores = judged.samples.scores(0, 12, at::kDouble).clone().requires_grad_(true);
    const auto mean = [&] { return (*judged.loss)(Outputs(scores), batch).mean(); };
    mean().backward();

    const at::Tensor gradient = scores.grad().contiguous();
    auto* const elements = scores.mutable_data_ptr<double>();
    for (std::int64_t i = 0; i < scores.numel(); ++i) {
      const double before = elements[i];
      elements[i] = before + step;
      const double above = mean().item<double>();
      elements[i] = before - step;
      const double below = mean().item<double>();
      elements[i] = before;
      EXPECT_NEAR(gradient.const_data_ptr<double>()[i], (above - below) / (2 * step), tolerance)
          << "element " << i;
    }
  }
}

TEST_P(LossSuite, SameScoresSameValueAndGradient) {
  for (const JudgedSamples& judged : tasks_) {
    const auto [value, gradient] = judged.descent();
    const auto [again, gradient_again] = judged.descent();
    EXPECT_TRUE(value.equal(again));
    EXPECT_TRUE(gradient.equal(gradient_again));
  }
}

TEST_P(LossSuite, TakesABatchOfOne) {
  for (const JudgedSamples& judged : tasks_) {
    EXPECT_TRUE(std::isfinite(judged.value(0, 1).mean().item<double>()));
  }
}

TEST_P(LossSuite, IsOneNumber) {
  for (const JudgedSamples& judged : tasks_) {
    EXPECT_EQ(judged.value(0, 12).sum.dim(), 0);
    EXPECT_EQ(judged.value(0, 12).mean().dim(), 0);
  }
}

TEST_P(LossSuite, PredictsAValueForEachOutputOfTheTask) {
  for (const auto& [samples, loss] : tasks_) {
    const at::Tensor predicted = loss->predictions(samples.scores(0, 12));
    EXPECT_EQ(predicted.size(-1), samples.task.outputs);
    EXPECT_EQ(predicted.size(0), 12);
  }
}

TEST_P(LossSuite, NamesItsSource) { EXPECT_NE(GetParam().info->schema->source, ""); }

}  // namespace assay::testing
