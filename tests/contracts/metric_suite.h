// What holds for every metric of scores and targets.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/roll.h>
#include <ATen/ops/stack.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/metric.h"
#include "tests/contracts/loss_suite.h"

namespace assay::testing {

/// Parameters that suit a metric, where one has no default.
inline std::string metric_sample(const std::string& name) {
  return name == "mc_log_likelihood" ? R"({"tau": 2})" : "{}";
}

/// The scores, and where a metric looks at them, four passes around them.
inline Outputs outputs_of(const at::Tensor& scores, bool with_passes) {
  Outputs outputs(scores);
  if (!with_passes) return outputs;
  const at::Tensor draws = spread({4}, scores.scalar_type()).mul(0.5);
  std::vector<at::Tensor> passes;
  for (std::int64_t i = 0; i < draws.numel(); ++i) passes.push_back(scores.add(draws[i]));
  outputs.tensors.set("passes", at::stack(passes));
  return outputs;
}

/// Scores of a model that is right about every target of the batch (off: about none).
inline at::Tensor confident_scores(const ScoredSamples& samples, const Batch& batch, bool is_off) {
  if (!samples.has_classes()) return is_off ? batch.target.neg().sub(0.5) : batch.target;
  const at::Tensor classes = at::arange(samples.outputs, at::kLong);
  const at::Tensor is_true = batch.target.unsqueeze(-1).eq(classes).to(at::kFloat).mul(8);
  return is_off ? at::roll(is_true, 1, -1) : is_true;
}

class MetricSuite : public ::testing::TestWithParam<Component> {
 protected:
  const TaskFacet& facet() const { return *std::any_cast<TaskFacet>(&GetParam().info->facet); }
  std::unique_ptr<Metric> build(const ScoredSamples& samples) const {
    const auto slot = bind_filled<Metric>(GetParam(), metric_sample(GetParam().info->name));
    return GetParam().parts->build(slot, Metric::Needs{.task = samples.task});
  }
  void show(const ScoredSamples& samples, Metric& metric, std::int64_t first, std::int64_t count) const {
    metric.update(outputs_of(samples.scores(first, count), facet().needs_passes),
                  samples.batch(first, count));
  }
  static bool is_empty(const Metric& metric) { return metric.values().empty() && metric.arrays().empty(); }
  static void expect_same(const Metric& a, const Metric& b, double tolerance) {
    const std::vector<Scalar> left = a.values(), right = b.values();
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
      EXPECT_EQ(left[i].name, right[i].name);
      EXPECT_NEAR(left[i].value, right[i].value, tolerance * std::abs(right[i].value)) << left[i].name;
    }
    const std::vector<NamedArray> ours = a.arrays(), theirs = b.arrays();
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(ours[i].name, theirs[i].name);
      EXPECT_TRUE(tensor_over(ours[i].values).equal(tensor_over(theirs[i].values))) << ours[i].name;
    }
  }

  std::vector<ScoredSamples> tasks_ = samples_for(*GetParam().info);
};

TEST_P(MetricSuite, GivesNothingBeforeItSawSomething) {
  for (const ScoredSamples& samples : tasks_) EXPECT_TRUE(is_empty(*build(samples)));
}

TEST_P(MetricSuite, GivesFiniteNumbers) {
  for (const ScoredSamples& samples : tasks_) {
    const auto metric = build(samples);
    show(samples, *metric, 0, 12);

    EXPECT_FALSE(is_empty(*metric));
    for (const Scalar& scalar : metric->values()) EXPECT_TRUE(std::isfinite(scalar.value)) << scalar.name;
  }
}

/// Configs say `keep_best: valid/NAME`; what is given is NAME or begins with it.
TEST_P(MetricSuite, WhatItGivesIsNamedAfterIt) {
  const std::string& name = GetParam().info->name;
  for (const ScoredSamples& samples : tasks_) {
    const auto metric = build(samples);
    show(samples, *metric, 0, 12);
    std::vector<std::string> given;
    for (const Scalar& scalar : metric->values()) given.push_back(scalar.name);
    for (const NamedArray& array : metric->arrays()) given.push_back(array.name);

    for (const std::string& one : given) EXPECT_TRUE(one == name || one.starts_with(name + "_")) << one;
  }
}

TEST_P(MetricSuite, BatchesAddUpToTheWhole) {
  for (const ScoredSamples& samples : tasks_) {
    const auto whole = build(samples), parts = build(samples);
    show(samples, *whole, 0, 12);
    show(samples, *parts, 0, 1);
    show(samples, *parts, 1, 4);
    show(samples, *parts, 5, 7);

    expect_same(*parts, *whole, 1e-12);  // sums of f64 in another order
  }
}

TEST_P(MetricSuite, KeepsNothingOfABatchThatIsOverwritten) {
  for (const ScoredSamples& samples : tasks_) {
    const auto metric = build(samples), other = build(samples);
    Batch batch = samples.batch(0, 12);
    Outputs outputs = outputs_of(samples.scores(0, 12).clone(), facet().needs_passes);
    metric->update(outputs, batch);
    batch.target.zero_();
    for (const auto& [name, tensor] : outputs.tensors.all()) tensor.zero_();

    show(samples, *other, 0, 12);
    expect_same(*metric, *other, 0);
  }
}

TEST_P(MetricSuite, ResetForgetsEverything) {
  for (const ScoredSamples& samples : tasks_) {
    const auto used = build(samples), fresh = build(samples);
    show(samples, *used, 0, 5);
    used->reset();
    EXPECT_TRUE(is_empty(*used));

    show(samples, *used, 5, 7);
    show(samples, *fresh, 5, 7);
    expect_same(*used, *fresh, 0);
  }
}

TEST_P(MetricSuite, SavedAndLoadedItGoesOnAsStraightOn) {
  for (const ScoredSamples& samples : tasks_) {
    const auto straight = build(samples), resumed = build(samples);
    show(samples, *straight, 0, 5);
    const State state = saved(*straight);
    show(samples, *resumed, 0, 3);  // forgotten by loading
    resumed->load(StateReader(state));

    show(samples, *straight, 5, 7);
    show(samples, *resumed, 5, 7);
    expect_same(*resumed, *straight, 0);
  }
}

/// As several processes do, each with its share of the rows; the third has none.
TEST_P(MetricSuite, WhatOthersSawIsMergedIntoTheWhole) {
  for (const ScoredSamples& samples : tasks_) {
    const auto whole = build(samples), first = build(samples), second = build(samples), none = build(samples);
    show(samples, *whole, 0, 5);
    show(samples, *whole, 5, 7);
    show(samples, *first, 0, 5);
    show(samples, *second, 5, 7);
    const State theirs = saved(*second), nothing = saved(*none);
    first->merge(StateReader(theirs));
    first->merge(StateReader(nothing));

    expect_same(*first, *whole, 1e-12);  // sums of f64 in another order
  }
}

TEST_P(MetricSuite, WhatOthersSawIsMergedIntoNothing) {
  for (const ScoredSamples& samples : tasks_) {
    const auto one = build(samples), none = build(samples);
    show(samples, *one, 0, 5);
    const State state = saved(*one);
    none->merge(StateReader(state));

    expect_same(*none, *one, 1e-12);
  }
}

TEST_P(MetricSuite, SavedBeforeItSawSomethingItStartsAnew) {
  for (const ScoredSamples& samples : tasks_) {
    const auto fresh = build(samples), resumed = build(samples);
    const State state = saved(*fresh);
    show(samples, *resumed, 0, 3);
    resumed->load(StateReader(state));

    EXPECT_TRUE(is_empty(*resumed));
  }
}

/// early_stop and keep_best go by the declaration.
TEST_P(MetricSuite, DeclaresWhetherHighIsGood) {
  for (const ScoredSamples& samples : tasks_) {
    const Batch batch = samples.batch(0, 12);
    const auto good = build(samples), bad = build(samples);
    good->update(outputs_of(confident_scores(samples, batch, false), facet().needs_passes), batch);
    bad->update(outputs_of(confident_scores(samples, batch, true), facet().needs_passes), batch);

    const std::vector<Scalar> best = good->values(), worst = bad->values();
    for (std::size_t i = 0; i < best.size(); ++i) {
      EXPECT_EQ(best[i].value > worst[i].value, facet().is_better_high)
          << best[i].name << " is " << best[i].value << " where all is right, else " << worst[i].value;
      EXPECT_NE(best[i].value, worst[i].value);
    }
  }
}

TEST_P(MetricSuite, NamesItsSource) { EXPECT_NE(GetParam().info->schema->source, ""); }

}  // namespace assay::testing
