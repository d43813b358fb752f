// What single augmentations do beyond what all do (tests/contracts/augmentation_suite.h) and beyond what
// torchvision does as well (torchvision_test.cpp).
#include <any>

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/augmentation.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;

struct Built {
  Built(const std::string& type, const std::string& config, Shape input,
        const std::string& place = "augment/0")
      : augmentation(
            tensor_parts().build(bind_filled<Augmentation>(tensor_component("augmentation", type), config),
                                 Augmentation::Needs{std::move(input), Stream(5, place)})) {}

  at::Tensor train(const at::Tensor& x, std::uint32_t epoch = 0) const {
    const std::vector<std::int64_t> ids = ids_from(0, x.size(0));
    Context context = training_context(ids);
    context.draw = epoch;
    return (*augmentation)(x, context);
  }
  at::Tensor evaluate(const at::Tensor& x) const { return (*augmentation)(x, Context{}); }

  std::unique_ptr<Augmentation> augmentation;
};

/// Pixel (row, column) of each of `batch` images is 10 * row + column.
at::Tensor numbered(std::int64_t batch, std::int64_t height, std::int64_t width) {
  const at::Tensor rows = at::arange(height, at::kFloat).mul(10).view({1, 1, height, 1});
  return rows.add(at::arange(width, at::kFloat)).expand({batch, 1, height, width}).contiguous();
}

std::string refusal(const std::string& type, const std::string& config, const Shape& input) {
  const auto slot = bind_filled<Augmentation>(tensor_component("augmentation", type), config);
  try {
    std::any_cast<AugmentationFacet>(slot.component().facet).outline(slot.params(), input);
  } catch (const Error& error) {
    return error.problems().front().message;
  }
  return {};
}

TEST(RandomCrop, TakesTheMiddleInEvaluationWithoutItsPadding) {
  const Built crop("random_crop", R"({"size": 4, "padding": 3})", {{1, 6, 6}});

  EXPECT_TRUE(crop.evaluate(numbered(2, 6, 6)).equal(numbered(2, 6, 6).slice(2, 1, 5).slice(3, 1, 5)));
}

TEST(RandomCrop, OfMoreThanTheImagePadsInEvaluationToo) {
  const Built crop("random_crop", R"({"size": 8, "padding": 1, "fill": -1})", {{1, 6, 6}});

  const at::Tensor out = crop.evaluate(numbered(1, 6, 6));

  EXPECT_TRUE(out.slice(2, 1, 7).slice(3, 1, 7).equal(numbered(1, 6, 6)));
  EXPECT_EQ(out.min().item<float>(), -1);
}

TEST(RandomCrop, ReachesEveryPlace) {
  const Built crop("random_crop", R"({"size": 4})", {{1, 6, 7}});

  const at::Tensor corners = crop.train(numbered(400, 6, 7)).select(2, 0).select(2, 0).flatten();

  for (const int top : {0, 1, 2}) {
    for (const int left : {0, 1, 2, 3}) {
      EXPECT_GT(corners.eq(10 * top + left).sum().item<std::int64_t>(), 15) << top << ", " << left;
    }
  }
}

TEST(RandomCrop, SaysWhatDoesNotFit) {
  EXPECT_EQ(refusal("random_crop", R"({"size": 40, "padding": 2})", {{3, 32, 32}}),
            "takes 40 x 40 pixels of images of 32 x 32 with a padding of 2");
  EXPECT_EQ(refusal("random_crop", R"({"padding": 8, "mode": "reflect"})", {{1, 8, 8}}),
            "mirrors 8 pixels of images of 8 x 8: only what is less than an image can be mirrored");
  EXPECT_EQ(refusal("random_crop", "{}", {{64}}), "expects images [channels, height, width], gets [64]");
}

TEST(RandomResizedCrop, BringsTheLargestSquareInTheMiddleToItsSizeInEvaluation) {
  const Built crop("random_resized_crop", R"({"size": 4, "mode": "nearest"})", {{1, 4, 8}});

  EXPECT_TRUE(crop.evaluate(numbered(1, 4, 8)).equal(numbered(1, 4, 8).slice(3, 2, 6)));
}

TEST(RandomResizedCrop, TakesTheMiddleWhereNothingFits) {
  // As wide as four heights: no part of half the image has this aspect ratio.
  const Built crop("random_resized_crop",
                   R"({"size": 2, "mode": "nearest", "scale": [1, 1], "ratio": [4, 4]})", {{1, 8, 8}});

  EXPECT_TRUE(crop.train(numbered(1, 8, 8)).equal(numbered(1, 2, 8).slice(3, 0, 8, 4).add(30)));
}

TEST(Flip, MirrorsAboutTheShareItWasTold) {
  const Built flip("horizontal_flip", R"({"p": 0.25})", {{1, 2, 2}});

  const at::Tensor first = flip.train(numbered(4000, 2, 2)).select(2, 0).select(2, 0);

  EXPECT_NEAR(first.mean().item<double>(), 0.25, 0.02);
}

TEST(Flip, OfTwoPlacesInTheConfigDrawsApart) {
  const at::Tensor images = numbered(64, 3, 3);

  EXPECT_FALSE(Built("horizontal_flip", "{}", {{1, 3, 3}}, "augment/0")
                   .train(images)
                   .equal(Built("horizontal_flip", "{}", {{1, 3, 3}}, "augment/1").train(images)));
}

TEST(RandomRotation, FillsWhatTheImageDoesNotCover) {
  const Built rotation("random_rotation", R"({"degrees": 45, "fill": 7})", {{1, 9, 9}});

  const at::Tensor out = rotation.train(at::zeros({32, 1, 9, 9}));

  EXPECT_EQ(out.max().item<float>(), 7);
  EXPECT_EQ(out.select(2, 4).select(2, 4).abs().max().item<float>(), 0);
}

TEST(Cutout, CutsOffWhatLiesOutsideOfTheImage) {
  const Built cutout("cutout", R"({"size": 4, "fill": -1})", {{1, 6, 6}});

  const at::Tensor cut = cutout.train(at::zeros({300, 1, 6, 6})).eq(-1).sum({1, 2, 3});

  EXPECT_EQ(cut.max().item<std::int64_t>(), 16);
  EXPECT_EQ(cut.min().item<std::int64_t>(), 4);  // around a corner
}

TEST(ColorJitter, LeavesOthersAsTheyAreWhereOneIsTakenOut) {
  const at::Tensor images = spread({8, 3, 4, 4}).add(1).div(2);
  const Built both("color_jitter", R"({"brightness": 0.5, "hue": 0.001})", {{3, 4, 4}});
  const Built alone("color_jitter", R"({"brightness": 0.5})", {{3, 4, 4}});

  EXPECT_LT(both.train(images).sub(alone.train(images)).abs().max().item<float>(), 0.02F);
}

TEST(ColorJitter, TakesGreyImagesAndRefusesOtherChannels) {
  const Built jitter("color_jitter", R"({"contrast": 0.5, "saturation": 0.5, "hue": 0.2})", {{1, 4, 4}});

  EXPECT_EQ(jitter.train(spread({8, 1, 4, 4}).abs()).size(1), 1);
  EXPECT_THAT(refusal("color_jitter", R"({"hue": 0.1})", {{4, 8, 8}}), HasSubstr("4 channels"));
}

TEST(ColorJitter, SaysThatItWouldChangeNothing) {
  EXPECT_THAT(refusal("color_jitter", "{}", {{3, 8, 8}}), HasSubstr("changes nothing"));
}

TEST(Normalize, SaysHowManyChannelsThereAre) {
  EXPECT_EQ(refusal("normalize", R"({"mean": [0.5, 0.5], "std": [1]})", {{3, 8, 8}}),
            "has 2 values of mean, but images have 3 channels");
}

}  // namespace
}  // namespace assay::testing
