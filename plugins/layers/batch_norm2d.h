// Normalisation of each channel over the batch.
#pragma once

#include <cstdint>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

struct BatchNorm2dParams {
  double eps = 1e-5;
  double momentum = 0.1;
  bool affine = true;

  static void describe(Fields<BatchNorm2dParams>& f) {
    f.about(
        "Gives each channel mean 0 and variance 1 over the batch; in evaluation, by running means. Takes "
        "[channels, height, width] or [features].");
    f.source("Ioffe and Szegedy 2015, Batch Normalization");
    f("eps", &BatchNorm2dParams::eps, "added to the variance, so that it is never 0", positive, log_scale);
    f("momentum", &BatchNorm2dParams::momentum, "weight of the newest batch in the running means",
      probability);
    f("affine", &BatchNorm2dParams::affine, "learn a scale and a shift of each channel");
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (in.sizes.size() != 3 && in.sizes.size() != 1) {
      out.fail(text("expects [channels, height, width] or [features], gets ", to_string(in)),
               "put `flatten` before it, or use data of images");
    }
    const std::int64_t channels = in.sizes[0];
    if (affine) {
      out.parameter("weight", {channels});
      out.parameter("bias", {channels});
    }
    out.buffer("running_mean", {channels});
    out.buffer("running_var", {channels});
    out.buffer("num_batches_tracked", {}, Dtype::i64);
    return in;
  }
};

void implement_batch_norm2d(Implementations& parts);  // batch_norm2d.cpp

}  // namespace assay::layers
