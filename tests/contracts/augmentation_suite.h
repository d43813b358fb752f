// What holds for every augmentation.
#pragma once

#include <any>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/augmentation.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// Parameters for images [3, 9, 7].
inline std::string augmentation_sample(const std::string& name) {
  static const std::map<std::string, std::string> samples{
      {"centre_crop", R"({"size": 4})"},
      {"color_jitter", R"({"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1})"},
      {"cutout", R"({"size": 4, "count": 2})"},
      {"normalize", R"({"mean": [0.4, 0.5, 0.6], "std": [0.2]})"},
      {"random_crop", R"({"size": 5, "padding": 2, "mode": "reflect"})"},
      {"random_erasing", R"({"p": 0.9})"},
      {"random_resized_crop", R"({"size": 4})"},
      {"random_rotation", R"({"degrees": 30, "mode": "bilinear", "fill": 0.5})"},
      {"resize", R"({"size": 5})"},
  };
  const auto found = samples.find(name);
  return found == samples.end() ? "{}" : found->second;
}

class AugmentationSuite : public ::testing::TestWithParam<Component> {
 protected:
  Context context_of(const std::vector<std::int64_t>& ids, std::uint32_t epoch, bool is_training) const {
    Context context;
    context.is_training = is_training;
    context.draw = epoch;
    context.ids = &ids;
    return context;
  }

  at::Tensor trained(const at::Tensor& x, const std::vector<std::int64_t>& ids,
                     std::uint32_t epoch = 0) const {
    return (*augmentation_)(x, context_of(ids, epoch, true)).contiguous();
  }
  at::Tensor evaluated(const at::Tensor& x, const std::vector<std::int64_t>& ids,
                       std::uint32_t epoch = 0) const {
    return (*augmentation_)(x, context_of(ids, epoch, false)).contiguous();
  }

  const Shape input_{{3, 9, 7}};
  const Slot<Augmentation> slot_ =
      bind_filled<Augmentation>(GetParam(), augmentation_sample(GetParam().info->name));
  const std::unique_ptr<Augmentation> augmentation_ =
      GetParam().parts->build(slot_, Augmentation::Needs{input_, Stream(5, "augment/0")});
  const at::Tensor images_ = spread({12, 3, 9, 7}).add(1).div(2);  // from 0 to 1
  const std::vector<std::int64_t> ids_ = ids_from(100, 12);
};

TEST_P(AugmentationSuite, ShapeFunctionSaysWhatComesOut) {
  const Shape output =
      std::any_cast<AugmentationFacet>(slot_.component().facet).outline(slot_.params(), input_);

  for (const at::Tensor& out : {trained(images_, ids_), evaluated(images_, ids_)}) {
    EXPECT_EQ(out.sizes().vec(), with_batch(12, output.sizes));
    EXPECT_EQ(out.scalar_type(), at::kFloat);
    EXPECT_TRUE(out.isfinite().all().item<bool>());
  }
}

TEST_P(AugmentationSuite, SameSampleAndEpochSameResult) {
  EXPECT_TRUE(trained(images_, ids_, 3).equal(trained(images_, ids_, 3)));
}

TEST_P(AugmentationSuite, WhatIsDrawnDependsOnEpochAndSample) {
  const at::Tensor judged = evaluated(images_, ids_);
  const at::Tensor first = trained(images_, ids_, 0);
  if (first.equal(judged)) return;  // nothing is drawn
  EXPECT_FALSE(first.equal(trained(images_, ids_, 1)));
  EXPECT_FALSE(first.equal(trained(images_, ids_from(0, 12), 0)));
}

TEST_P(AugmentationSuite, EvaluationDrawsNothing) {
  EXPECT_TRUE(evaluated(images_, ids_, 0).equal(evaluated(images_, ids_from(0, 12), 7)));
}

TEST_P(AugmentationSuite, SplittingABatchChangesNothing) {
  const at::Tensor whole = trained(images_, ids_);
  const at::Tensor parts = at::cat({trained(images_.narrow(0, 0, 5), ids_from(100, 5)),
                                    trained(images_.narrow(0, 5, 7), ids_from(105, 7))});

  EXPECT_TRUE(whole.equal(parts));
}

TEST_P(AugmentationSuite, LeavesItsInputAsItIs) {
  const at::Tensor before = images_.clone();

  trained(images_, ids_);
  evaluated(images_, ids_);

  EXPECT_TRUE(images_.equal(before));
}

TEST_P(AugmentationSuite, RefusesWhatIsNoImage) {
  const auto facet = std::any_cast<AugmentationFacet>(slot_.component().facet);
  for (const Shape& shape : {Shape{{64}}, Shape{{3, 9, 7}, Dtype::i64}}) {
    EXPECT_THROW(facet.outline(slot_.params(), shape), Error) << to_string(shape);
  }
}

}  // namespace assay::testing
