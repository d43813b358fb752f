// What single layers do beyond the suite of all layers (tests/contracts/layer_suite.h) and parity
// (tests/parity).
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

/// The problems of a layer with an input of this shape.
std::vector<Problem> problems_with(const std::string& name, const std::string& options, const Shape& input) {
  return problems_of([&] {
    const ModelFacts facts = facts_of(input.sizes);
    Outline outline(facts);
    outline.layer("it", bind_filled<Layer>(tensor_component("layer", name), options), input);
  });
}

Shape output_of(const std::string& name, const std::string& options, const Shape& input) {
  const ModelFacts facts = facts_of(input.sizes);
  Outline outline(facts);
  return outline.layer("it", bind_filled<Layer>(tensor_component("layer", name), options), input);
}

TEST(Linear, WithoutUnitsGivesWhatTheTaskAsksFor) {
  EXPECT_EQ(output_of("linear", "{}", {{7}}), (Shape{{3}}));
}

TEST(Linear, OnAnImageSaysToFlattenIt) {
  const auto problems = problems_with("linear", "{}", {{1, 28, 28}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects [features], gets [1, 28, 28]"));
  EXPECT_EQ(problems[0].hint, "put `flatten` before it");
}

TEST(Linear, OnBytesSaysToScaleThem) {
  const auto problems = problems_with("linear", "{}", {{7}, Dtype::u8});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects floats, gets [7] u8"));
}

TEST(Conv2d, OnFeaturesSaysWhatItExpects) {
  const auto problems = problems_with("conv2d", R"({"channels": 2})", {{64}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("expects [channels, height, width], gets [64]"));
  EXPECT_THAT(problems[0].hint, HasSubstr("flatten"));
}

TEST(Conv2d, AWindowLargerThanTheImageDoesNotFit) {
  const auto problems =
      problems_with("conv2d", R"({"channels": 2, "kernel": 3, "dilation": 4})", {{1, 8, 8}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message,
              HasSubstr("has a window of 9, which does not fit into [1, 8, 8] with padding 0"));
}

TEST(Conv2d, GroupsDivideTheChannelsThatComeIn) {
  const auto problems = problems_with("conv2d", R"({"channels": 4, "groups": 2})", {{3, 8, 8}});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has 2 groups, which do not divide the 3 channels"));
}

TEST(Conv2d, PaddingIsACountOrSame) {
  for (const std::string options :
       {R"({"channels": 1, "padding": "valid"})", R"({"channels": 1, "padding": -1})",
        R"({"channels": 1, "padding": "same", "stride": 2})"}) {
    EXPECT_THAT(problems_with("conv2d", options, {{1, 8, 8}}), SizeIs(1)) << options;
  }
  EXPECT_EQ(output_of("conv2d", R"({"channels": 5, "padding": "same", "kernel": 4})", {{1, 8, 9}}),
            (Shape{{5, 8, 9}}));
  EXPECT_EQ(output_of("conv2d", R"({"channels": 5, "padding": 1, "stride": 2})", {{1, 8, 9}}),
            (Shape{{5, 4, 5}}));
}

TEST(MaxPool2d, StepsByItsKernelUnlessToldOtherwise) {
  EXPECT_EQ(output_of("max_pool2d", R"({"kernel": 3})", {{2, 8, 9}}), (Shape{{2, 2, 3}}));
  EXPECT_EQ(output_of("max_pool2d", R"({"kernel": 3, "stride": 1})", {{2, 8, 9}}), (Shape{{2, 6, 7}}));
}

TEST(MaxPool2d, PaddingIsAtMostHalfTheKernel) {
  EXPECT_THAT(problems_with("max_pool2d", R"({"kernel": 2, "padding": 2})", {{1, 8, 8}}), SizeIs(1));
}

TEST(BatchNorm2d, RefusesToNormaliseASingleSampleOfFeatures) {
  const Component component = tensor_component("layer", "batch_norm2d");
  const ModelFacts facts = facts_of({5});
  const LayerNeeds parent{{Shape{{5}}}, facts, *component.parts, {}};
  const auto layer = build_layer("it", bind_filled<Layer>(component), {Shape{{5}}}, parent).layer;
  const std::vector<std::int64_t> ids{0};
  Context context = training_context(ids);

  const auto problems = problems_of([&] { layer->forward({at::ones({1, 5})}, context); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("1 sample of [5]"));
  EXPECT_THAT(problems[0].hint, HasSubstr("drop_last"));
}

}  // namespace
}  // namespace assay::testing
