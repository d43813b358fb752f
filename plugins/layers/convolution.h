// Convolutions over signals and images.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plugins/layers/inputs.h"
#include "registry/contracts/weight_inits.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

/// A count, or a word that says how much.
inline Rule padding_rule(std::vector<std::string> words) {
  Json::List choices{Json::Map{{"type", "integer"}, {"minimum", 0}}};
  std::string all;
  for (const std::string& word : words) {
    choices.push_back(Json::Map{{"const", word}});
    all += text('`', word, "`, ");
  }
  all.erase(all.size() - 2);  // the last comma
  return {all + " or an integer of at least 0",
          [words = std::move(words)](const Json& value) {
            if (value.is_integer()) return value.integer() >= 0;
            return value.is_text() && std::ranges::find(words, value.text()) != words.end();
          },
          Json::Map{{"anyOf", choices}}};
}

/// axes: 1 over signals, 2 over images.
template <std::size_t axes>
struct ConvolutionParams {
  std::int64_t channels = 0;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  Json padding = 0;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  WeightInits init;

  static constexpr bool is_image = axes == 2;

  static void describe(Fields<ConvolutionParams>& f) {
    f.about(text("Convolution over ", is_image ? "[channels, height, width]" : "[channels, length]",
                 ". The number of its input channels is inferred."));
    f.source(is_image ? "torch.nn.Conv2d" : "torch.nn.Conv1d");
    f("channels", &ConvolutionParams::channels, "outputs", required, at_least(1));
    f("kernel", &ConvolutionParams::kernel,
      is_image ? "height and width of the window" : "size of the window", at_least(1));
    f("stride", &ConvolutionParams::stride, "places from one window to the next", at_least(1));
    if constexpr (is_image) {
      f("padding", &ConvolutionParams::padding, "zeros around the image; `same` keeps its size",
        padding_rule({"same"}));
    } else {
      f("padding", &ConvolutionParams::padding,
        "zeros at both ends; `same` keeps the length; `causal` puts them before the first place, so that no "
        "output sees later inputs",
        padding_rule({"same", "causal"}));
    }
    f("dilation", &ConvolutionParams::dilation, "places between the taps of the window", at_least(1));
    f("groups", &ConvolutionParams::groups,
      "groups of channels that do not see each other; as many as channels for a depthwise convolution",
      at_least(1));
    f("bias", &ConvolutionParams::bias, "add a bias");
    f("init", &ConvolutionParams::init, "first values of weights and biases");
    f.check("padding `same` has a stride of 1",
            [](const ConvolutionParams& p) { return !p.is_same() || p.stride == 1; });
    f.check("channels is a multiple of groups",
            [](const ConvolutionParams& p) { return p.channels % p.groups == 0; });
  }

  bool is_same() const { return padding.is_text() && padding.text() == "same"; }
  bool is_causal() const { return padding.is_text() && padding.text() == "causal"; }
  /// Zeros before the first place that let the first output see one input.
  std::int64_t causal_zeros() const { return dilation * (kernel - 1); }

  std::vector<std::int64_t> weight_shape(const Shape& in) const {
    std::vector<std::int64_t> shape(2 + axes, kernel);
    shape[0] = channels;
    shape[1] = in.sizes[0] / groups;
    return shape;
  }

  Shape outline(const Shape& in, Outline& out) const {
    if constexpr (is_image) {
      require_image(in, out);
    } else {
      require_signal(in, out);
    }
    if (in.sizes[0] % groups != 0) {
      out.fail(text("has ", groups, " groups, which do not divide the ", count_text(in.sizes[0], "channel"),
                    " of ", to_string(in)),
               "let groups divide the channels that come in");
    }
    out.parameter("weight", weight_shape(in));
    if (bias) out.parameter("bias", {channels});
    Shape shape = in;
    shape.sizes[0] = channels;
    for (std::size_t axis = 1; axis <= axes; ++axis) {
      if (is_same()) continue;
      if (is_causal()) {
        shape.sizes[axis] = (in.sizes[axis] - 1) / stride + 1;
      } else {
        shape.sizes[axis] =
            windows_on(in.sizes[axis], {kernel, stride, padding.integer(), dilation}, in, out);
      }
    }
    return shape;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

using Conv1dParams = ConvolutionParams<1>;
using Conv2dParams = ConvolutionParams<2>;

void implement_convolution(Implementations& parts);  // convolution.cpp

}  // namespace assay::layers
