// What layers ask of their input, said once.
#pragma once

#include "core/text.h"
#include "registry/contracts/families.h"

namespace assay::layers {

inline void require_floats(const Shape& in, const Outline& out) {
  if (in.dtype == Dtype::f32) return;
  out.fail(text("expects floats, gets ", to_string(in)),
           "add the transform `scale` or `standardize` to the data");
}

/// An image or a map of features: [channels, height, width].
inline void require_image(const Shape& in, const Outline& out) {
  require_floats(in, out);
  if (in.sizes.size() == 3) return;
  out.fail(text("expects [channels, height, width], gets ", to_string(in)),
           in.sizes.size() == 1 ? "put it before `flatten` and `linear`, or use data of images"
                                : "use data of images");
}

/// Channels along one axis: [channels, length].
inline void require_signal(const Shape& in, const Outline& out) {
  require_floats(in, out);
  if (in.sizes.size() == 2) return;
  out.fail(text("expects [channels, length], gets ", to_string(in)),
           in.sizes.size() == 1 ? "bring it into this shape with `reshape`"
                                : "bring it into this shape with `reshape` or `permute`");
}

/// A vector at each place of a sequence: [time, features].
inline void require_sequence(const Shape& in, const Outline& out) {
  const std::string message = text("expects [time, features], gets ", to_string(in));
  if (in.dtype == Dtype::i64) out.fail(message, "put `embedding` before it");
  require_floats(in, out);
  if (in.sizes.size() == 2) return;
  out.fail(message, "use data of sequences, or bring it into this shape with `reshape` or `permute`");
}

/// A window that slides over an axis.
struct Window {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t padding = 0;  // on both sides
  std::int64_t dilation = 1;
};

/// The number of places a window has on an axis of `size`; fails if there is none.
inline std::int64_t windows_on(std::int64_t size, const Window& window, const Shape& in, const Outline& out) {
  const std::int64_t reach = window.dilation * (window.kernel - 1) + 1;
  const std::int64_t room = size + 2 * window.padding - reach;
  if (room < 0) {
    out.fail(text("has a window of ", reach, ", which does not fit into ", to_string(in), " with padding ",
                  window.padding),
             "take a smaller kernel, more padding, or fewer layers that shrink the image");
  }
  return room / window.stride + 1;
}

}  // namespace assay::layers
