// Mirrored images.
#pragma once

#include "plugins/augmentations/images.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::augmentations {

enum class Flip { horizontal, vertical };

template <Flip flip>
struct FlipParams {
  double p = 0.5;

  static void describe(Fields<FlipParams>& f) {
    constexpr bool is_horizontal = flip == Flip::horizontal;
    f.about(text("Mirrors an image ", is_horizontal ? "left to right" : "top to bottom",
                 " by chance. In evaluation: never."));
    f.source(text("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Random",
                  is_horizontal ? "Horizontal" : "Vertical", "Flip.html"));
    f("p", &FlipParams::p, "chance that an image is mirrored", probability);
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    return in;
  }
};

void implement_flips(Implementations& parts);  // flip.cpp

}  // namespace assay::augmentations
