// Images turned by a random angle.
#pragma once

#include <string>

#include "plugins/augmentations/images.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::augmentations {

struct RandomRotationParams {
  double degrees = 0.0;
  std::string mode = "nearest";
  double fill = 0.0;

  static void describe(Fields<RandomRotationParams>& f) {
    f.about(
        "Turns an image about its middle by an angle drawn from -degrees to degrees; its size stays. In "
        "evaluation: never.");
    f.source("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomRotation.html");
    f("degrees", &RandomRotationParams::degrees, "largest angle, either way", above(0) && at_most(180),
      required);
    f("mode", &RandomRotationParams::mode, "how pixels are interpolated", one_of({"nearest", "bilinear"}));
    f("fill", &RandomRotationParams::fill, "value of what the image does not cover");
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    return in;
  }
};

void implement_rotation(Implementations& parts);  // rotation.cpp

}  // namespace assay::augmentations
