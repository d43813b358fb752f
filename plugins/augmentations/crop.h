// Parts of images: a random one after padding, the one in the middle, and a random one brought to a size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/augmentations/images.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::augmentations {

struct RandomCropParams {
  std::optional<std::int64_t> size;
  std::int64_t padding = 0;
  std::string mode = "constant";
  double fill = 0.0;

  static void describe(Fields<RandomCropParams>& f) {
    f.about(
        "A part of the image at a random place, after padding it on all sides. In evaluation: the part in "
        "the "
        "middle.");
    f.source("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomCrop.html");
    f("size", &RandomCropParams::size, "height and width of the part; without it, those of the image",
      at_least(1));
    f("padding", &RandomCropParams::padding, "pixels around the image before a part is taken", non_negative);
    f("mode", &RandomCropParams::mode,
      "what the padding holds: `fill`, the nearest pixel (edge), or the image mirrored without its last "
      "pixel "
      "(reflect)",
      one_of({"constant", "edge", "reflect"}));
    f("fill", &RandomCropParams::fill, "value of the padding, with mode constant");
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    const std::int64_t height = in.sizes[1], width = in.sizes[2];
    if (mode == "reflect" && padding >= std::min(height, width)) {
      throw Error(Kind::config,
                  text("mirrors ", padding, " pixels of images of ", height, " x ", width,
                       ": only what is less than an image can be mirrored"),
                  "lower `padding`, or use `mode: edge`");
    }
    if (!size) return in;
    if (*size > height + 2 * padding || *size > width + 2 * padding) {
      throw Error(Kind::config,
                  text("takes ", *size, " x ", *size, " pixels of images of ", height, " x ", width,
                       padding > 0 ? text(" with a padding of ", padding) : std::string()),
                  "lower `size`, or raise `padding`");
    }
    return resized(in, *size, *size);
  }
};

struct CentreCropParams {
  std::int64_t size = 0;

  static void describe(Fields<CentreCropParams>& f) {
    f.about("The part in the middle of the image, in training and in evaluation.");
    f.source("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.CenterCrop.html");
    f("size", &CentreCropParams::size, "height and width of the part", at_least(1), required);
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    if (size <= in.sizes[1] && size <= in.sizes[2]) return resized(in, size, size);
    throw Error(Kind::config,
                text("takes ", size, " x ", size, " pixels of images of ", in.sizes[1], " x ", in.sizes[2]),
                "lower `size`");
  }
};

struct RandomResizedCropParams {
  std::int64_t size = 0;
  std::vector<double> scale{0.08, 1.0};
  std::vector<double> ratio{3.0 / 4.0, 4.0 / 3.0};
  std::string mode = "bilinear";

  static void describe(Fields<RandomResizedCropParams>& f) {
    f.about(
        "A part of random area, aspect ratio and place, brought to a size. In evaluation: the largest square "
        "in the middle, brought to that size.");
    f.source(
        "https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomResizedCrop.html");
    f("size", &RandomResizedCropParams::size, "height and width of what comes out", at_least(1), required);
    f("scale", &RandomResizedCropParams::scale, "least and largest area of the part, as a share of the image",
      length(2), each(above(0) && at_most(1)));
    f("ratio", &RandomResizedCropParams::ratio, "least and largest width over height of the part", length(2),
      each(positive()));
    f("mode", &RandomResizedCropParams::mode,
      "how pixels are interpolated; with antialiasing when it shrinks",
      one_of({"bilinear", "bicubic", "nearest"}));
    f.check("the first of `scale` is at most the second",
            [](const RandomResizedCropParams& p) { return p.scale[0] <= p.scale[1]; });
    f.check("the first of `ratio` is at most the second",
            [](const RandomResizedCropParams& p) { return p.ratio[0] <= p.ratio[1]; });
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    return resized(in, size, size);
  }
};

void implement_crops(Implementations& parts);  // crop.cpp

}  // namespace assay::augmentations
