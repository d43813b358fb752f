// Images in other light.
#pragma once

#include "plugins/augmentations/images.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::augmentations {

struct ColorJitterParams {
  double brightness = 0.0;
  double contrast = 0.0;
  double saturation = 0.0;
  double hue = 0.0;

  static void describe(Fields<ColorJitterParams>& f) {
    f.about(
        "Changes brightness, contrast, saturation and hue of an image by chance, in this order (torchvision "
        "draws the order). Of values from 0 to 1, as the transform `scale` makes them: put it before "
        "`normalize`. In evaluation: never.");
    f.source("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.ColorJitter.html");
    f("brightness", &ColorJitterParams::brightness, "b draws a factor from 1 - b (at least 0) to 1 + b",
      non_negative);
    f("contrast", &ColorJitterParams::contrast,
      "c draws a factor from 1 - c (at least 0) to 1 + c, of the distance from the image's mean grey",
      non_negative);
    f("saturation", &ColorJitterParams::saturation,
      "s draws a factor from 1 - s (at least 0) to 1 + s, of the distance from each pixel's grey",
      non_negative);
    f("hue", &ColorJitterParams::hue, "h turns hues by -h to h of the whole circle of colours",
      non_negative() && at_most(0.5));
  }

  Shape outline(const Shape& in) const {
    require_colors(in);
    if (brightness == 0 && contrast == 0 && saturation == 0 && hue == 0) {
      throw Error(Kind::config, "changes nothing: brightness, contrast, saturation and hue are 0",
                  "set one of them, as `brightness: 0.4`");
    }
    return in;
  }
};

void implement_color_jitter(Implementations& parts);  // color_jitter.cpp

}  // namespace assay::augmentations
