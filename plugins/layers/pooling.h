// Layers that bring the places of a signal or an image together, channel by channel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

enum class Pool { max, average };

/// axes: 1 over signals, 2 over images.
template <Pool pool, std::size_t axes>
struct PoolParams {
  std::int64_t kernel = 2;
  std::optional<std::int64_t> stride;
  std::int64_t padding = 0;

  static constexpr bool is_image = axes == 2;

  static void describe(Fields<PoolParams>& f) {
    f.about(text("The ", pool == Pool::max ? "largest value" : "mean",
                 " of each window, channel by channel, of ",
                 is_image ? "[channels, height, width]" : "[channels, length]",
                 ". What a last, incomplete window would hold is left out."));
    f.source(text("torch.nn.", pool == Pool::max ? "Max" : "Avg", is_image ? "Pool2d" : "Pool1d"));
    f("kernel", &PoolParams::kernel, is_image ? "height and width of the window" : "size of the window",
      at_least(1));
    f("stride", &PoolParams::stride, "places from one window to the next; without it, the kernel's",
      at_least(1));
    f("padding", &PoolParams::padding,
      pool == Pool::max ? "places around the edge that never win" : "zeros around the edge, which count",
      non_negative);
    f.check("padding is at most half the kernel",
            [](const PoolParams& p) { return 2 * p.padding <= p.kernel; });
  }

  Shape outline(const Shape& in, Outline& out) const {
    if constexpr (is_image) {
      require_image(in, out);
    } else {
      require_signal(in, out);
    }
    const Window window{kernel, stride.value_or(kernel), padding};
    Shape shape = in;
    for (std::size_t axis = 1; axis <= axes; ++axis) {
      shape.sizes[axis] = windows_on(in.sizes[axis], window, in, out);
    }
    return shape;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct AdaptiveAvgPool2dParams {
  std::vector<std::int64_t> size{1, 1};

  static void describe(Fields<AdaptiveAvgPool2dParams>& f) {
    f.about(
        "Means over as many windows as the output has pixels, whatever the size of the image. Takes "
        "[channels, "
        "height, width].");
    f.source("torch.nn.AdaptiveAvgPool2d");
    f("size", &AdaptiveAvgPool2dParams::size, "height and width of the output", length(2), each(at_least(1)));
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_image(in, out);
    return {{in.sizes[0], size[0], size[1]}};
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct GlobalAvgPoolParams {
  static void describe(Fields<GlobalAvgPoolParams>& f) {
    f.about("The mean of each channel over all places: [channels, ...] to [channels].");
    f.source("Lin et al. 2013, Network In Network");
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (in.sizes.size() < 2) {
      out.fail(text("expects [channels, length] or [channels, height, width], gets ", to_string(in)),
               "put it before `flatten`");
    }
    return {{in.sizes[0]}};
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_pooling(Implementations& parts);  // pooling.cpp

}  // namespace assay::layers
