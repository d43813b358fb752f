// Images with a part taken out.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/augmentations/images.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::augmentations {

struct CutoutParams {
  std::int64_t size = 0;
  std::int64_t count = 1;
  double fill = 0.0;

  static void describe(Fields<CutoutParams>& f) {
    f.about(
        "Fills squares around random pixels; what of a square lies outside of the image is cut off. In "
        "evaluation: never.");
    f.source("DeVries and Taylor 2017, Improved Regularization of Convolutional Neural Networks with Cutout");
    f("size", &CutoutParams::size, "height and width of a square", at_least(1), required);
    f("count", &CutoutParams::count, "squares in an image", at_least(1));
    f("fill", &CutoutParams::fill, "value of what is cut out");
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    return in;
  }
};

struct RandomErasingParams {
  double p = 0.5;
  std::vector<double> scale{0.02, 0.33};
  std::vector<double> ratio{0.3, 3.3};
  double fill = 0.0;

  static void describe(Fields<RandomErasingParams>& f) {
    f.about(
        "Fills a rectangle of random area, aspect ratio and place, by chance. Ten draws without one that "
        "fits "
        "into the image leave it as it is. In evaluation: never.");
    f.source("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomErasing.html");
    f("p", &RandomErasingParams::p, "chance that something is erased", probability);
    f("scale", &RandomErasingParams::scale, "least and largest area, as a share of the image", length(2),
      each(above(0) && at_most(1)));
    f("ratio", &RandomErasingParams::ratio, "least and largest height over width", length(2),
      each(positive()));
    f("fill", &RandomErasingParams::fill, "value of what is erased");
    f.check("the first of `scale` is at most the second",
            [](const RandomErasingParams& p) { return p.scale[0] <= p.scale[1]; });
    f.check("the first of `ratio` is at most the second",
            [](const RandomErasingParams& p) { return p.ratio[0] <= p.ratio[1]; });
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    return in;
  }
};

void implement_erasing(Implementations& parts);  // erasing.cpp

}  // namespace assay::augmentations
