// The convolution over images.
#pragma once

#include <cstdint>

#include "plugins/layers/inputs.h"
#include "registry/contracts/weight_inits.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

/// A count, or `same`: as much as keeps the size of the image.
inline Rule padding_rule() {
  const Json schema = Json::Map{
      {"anyOf", Json::List{Json::Map{{"type", "integer"}, {"minimum", 0}}, Json::Map{{"const", "same"}}}}};
  return {"`same` or an integer of at least 0",
          [](const Json& value) {
            return value.is_integer() ? value.integer() >= 0 : value.is_text() && value.text() == "same";
          },
          schema};
}

struct Conv2dParams {
  std::int64_t channels = 0;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  Json padding = 0;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  WeightInits init;

  static void describe(Fields<Conv2dParams>& f) {
    f.about("Convolution over [channels, height, width]. The number of its input channels is inferred.");
    f("channels", &Conv2dParams::channels, "outputs", required, at_least(1));
    f("kernel", &Conv2dParams::kernel, "height and width of the window", at_least(1));
    f("stride", &Conv2dParams::stride, "pixels from one window to the next", at_least(1));
    f("padding", &Conv2dParams::padding, "zeros around the image; `same` keeps its size", padding_rule());
    f("dilation", &Conv2dParams::dilation, "pixels between the taps of the window", at_least(1));
    f("groups", &Conv2dParams::groups, "groups of channels that do not see each other", at_least(1));
    f("bias", &Conv2dParams::bias, "add a bias");
    f("init", &Conv2dParams::init, "first values of weights and biases");
    f.check("padding `same` has a stride of 1",
            [](const Conv2dParams& p) { return !p.is_same() || p.stride == 1; });
    f.check("channels is a multiple of groups",
            [](const Conv2dParams& p) { return p.channels % p.groups == 0; });
  }

  bool is_same() const { return padding.is_text(); }

  Shape outline(const Shape& in, Outline& out) const {
    require_image(in, out);
    if (in.sizes[0] % groups != 0) {
      out.fail(text("has ", groups, " groups, which do not divide the ", count_text(in.sizes[0], "channel"),
                    " of ", to_string(in)),
               "let groups divide the channels that come in");
    }
    out.parameter("weight", {channels, in.sizes[0] / groups, kernel, kernel});
    if (bias) out.parameter("bias", {channels});
    if (is_same()) return {{channels, in.sizes[1], in.sizes[2]}};
    const Window window{kernel, stride, padding.integer(), dilation};
    return {{channels, windows_on(in.sizes[1], window, in, out), windows_on(in.sizes[2], window, in, out)}};
  }
};

void implement_conv2d(Implementations& parts);  // conv2d.cpp

}  // namespace assay::layers
