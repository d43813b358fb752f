// A small convolutional network for images.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/models/outlines.h"
#include "registry/contracts/families.h"
#include "registry/contracts/weight_inits.h"

namespace assay {
class Implementations;
}

namespace assay::models {

struct LenetParams {
  std::vector<std::int64_t> channels{16, 32};
  std::int64_t kernel = 5;
  std::vector<std::int64_t> hidden{128};
  Slot<Layer> activation = "relu";
  double dropout = 0.0;
  WeightInits init;

  static void describe(Fields<LenetParams>& f) {
    f.about(
        "Convolutions that keep the size of the image, each with an activation and a 2x2 max pooling, then a "
        "fully "
        "connected network. Takes [channels, height, width], or [height, width] of grey images.");
    f.source(
        "LeCun et al. 1998, Gradient-based learning applied to document recognition (with max pooling and "
        "ReLU)");
    f("channels", &LenetParams::channels, "channels of each convolution", non_empty(), each(at_least(1)));
    f("kernel", &LenetParams::kernel, "height and width of the convolutions, an odd number", at_least(1));
    f("hidden", &LenetParams::hidden, "units in each hidden layer after the convolutions", each(at_least(1)));
    f("activation", &LenetParams::activation, "after every convolution and hidden layer");
    f("dropout", &LenetParams::dropout,
      "chance that a feature or a hidden unit is zeroed before the next layer", fraction);
    f("init", &LenetParams::init, "first values of weights and biases");
  }

  /// The input as [channels, height, width].
  static Shape as_image(const Shape& input) {
    if (input.sizes.size() == 2) return {{1, input.sizes[0], input.sizes[1]}};
    return input;
  }

  Shape outline(Outline& out) const {
    const Shape& input = float_input(out);
    Shape shape = as_image(input);
    if (shape.sizes.size() != 3) {
      out.fail(text("expects [channels, height, width] or [height, width], gets ", to_string(input)),
               "use data of images, or the model `mlp`");
    }
    for (std::size_t i = 0; i < channels.size(); ++i) shape = outline_convolution(i, shape, out);
    return outline_dense(shape, {hidden, activation, dropout, dropout}, out);
  }
  Operand compute(const Shape& made, Computation& out) const;

 private:
  Shape outline_convolution(std::size_t i, const Shape& in, Outline& out) const {
    const std::string name = text("convolutions.", i);
    const Shape full{{channels[i], in.sizes[1], in.sizes[2]}};
    outline_affine(name, "conv2d", in, {channels[i], in.sizes[0], kernel, kernel}, full, out);
    outline_activation(name + ".activation", activation, full, out);
    if (in.sizes[1] < 2 || in.sizes[2] < 2) {
      out.fail(text("cannot pool ", to_string(in), " once more"),
               "list fewer `channels`, each of which is a convolution and a pooling, or use larger images");
    }
    const Shape half{{channels[i], in.sizes[1] / 2, in.sizes[2] / 2}};
    return outline_plain(name + ".pool", "max_pool2d", full, half, out);
  }
};

void implement_lenet(Implementations& parts);  // lenet.cpp

}  // namespace assay::models
