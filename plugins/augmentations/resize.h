// Images brought to another size.
#pragma once

#include <cstdint>
#include <string>

#include "plugins/augmentations/images.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::augmentations {

struct ResizeParams {
  std::int64_t size = 0;
  std::string mode = "bilinear";
  bool antialias = true;

  static void describe(Fields<ResizeParams>& f) {
    f.about("Every image brought to a size, whatever its aspect ratio, in training and in evaluation.");
    f.source("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Resize.html");
    f("size", &ResizeParams::size, "height and width of what comes out", at_least(1), required);
    f("mode", &ResizeParams::mode, "how pixels are interpolated", one_of({"bilinear", "bicubic", "nearest"}));
    f("antialias", &ResizeParams::antialias,
      "average over all pixels that one stands for when it shrinks; never with mode nearest");
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    return resized(in, size, size);
  }
};

void implement_resize(Implementations& parts);  // resize.cpp

}  // namespace assay::augmentations
