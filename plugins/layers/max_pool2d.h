// The largest value of each window of an image.
#pragma once

#include <cstdint>
#include <optional>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

struct MaxPool2dParams {
  std::int64_t kernel = 2;
  std::optional<std::int64_t> stride;
  std::int64_t padding = 0;

  static void describe(Fields<MaxPool2dParams>& f) {
    f.about(
        "The largest value of each window, channel by channel. What a last, incomplete window would hold is "
        "left out.");
    f("kernel", &MaxPool2dParams::kernel, "height and width of the window", at_least(1));
    f("stride", &MaxPool2dParams::stride, "pixels from one window to the next; without it, the kernel's",
      at_least(1));
    f("padding", &MaxPool2dParams::padding, "pixels around the image that never win", non_negative);
    f.check("padding is at most half the kernel",
            [](const MaxPool2dParams& p) { return 2 * p.padding <= p.kernel; });
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_image(in, out);
    const Window window{kernel, stride.value_or(kernel), padding};
    return {
        {in.sizes[0], windows_on(in.sizes[1], window, in, out), windows_on(in.sizes[2], window, in, out)}};
  }
};

void implement_max_pool2d(Implementations& parts);  // max_pool2d.cpp

}  // namespace assay::layers
