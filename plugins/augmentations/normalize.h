// Images brought to a given scale, channel by channel.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/augmentations/images.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::augmentations {

struct NormalizeParams {
  std::vector<double> mean;
  std::vector<double> std;

  static void describe(Fields<NormalizeParams>& f) {
    f.about(
        "(x - mean) / std with published numbers for each channel, in training and in evaluation. The "
        "transform `standardize` measures them on the training rows instead; this one also comes after what "
        "works on the colours themselves.");
    f.source("https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Normalize.html");
    f("mean", &NormalizeParams::mean, "for each channel, or one for all", non_empty, required);
    f("std", &NormalizeParams::std, "for each channel, or one for all", non_empty, each(positive()),
      required);
  }

  Shape outline(const Shape& in) const {
    require_image(in);
    require_count("mean", mean, in);
    require_count("std", std, in);
    return in;
  }

 private:
  static void require_count(const char* key, const std::vector<double>& values, const Shape& in) {
    if (values.size() == 1 || std::ssize(values) == in.sizes[0]) return;
    throw Error(Kind::config,
                text("has ", count_text(std::ssize(values), "value"), " of ", key, ", but images have ",
                     count_text(in.sizes[0], "channel")),
                "give one for each channel, or one for all");
  }
};

void implement_normalize(Implementations& parts);  // normalize.cpp

}  // namespace assay::augmentations
