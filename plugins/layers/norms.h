// Normalisations of each sample for itself, and of channels over the batch.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

struct BatchNormParams {
  double eps = 1e-5;
  double momentum = 0.1;
  bool affine = true;
  double scale = 1.0;

  static void describe(Fields<BatchNormParams>& f) {
    f.about(
        "Gives each channel mean 0 and variance 1 over the batch; in evaluation, by running means. Takes "
        "[features], [channels, length] or [channels, height, width].");
    f.source("Ioffe and Szegedy 2015, Batch Normalization");
    f("eps", &BatchNormParams::eps, "added to the variance, so that it is never 0", positive, log_scale);
    f("momentum", &BatchNormParams::momentum, "weight of the newest batch in the running means", probability);
    f("affine", &BatchNormParams::affine, "learn a scale and a shift of each channel");
    f("scale", &BatchNormParams::scale,
      "first value of the scales; 0 lets a residual branch start as nothing");
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (in.sizes.empty() || in.sizes.size() > 3) {
      out.fail(
          text("expects [features], [channels, length] or [channels, height, width], gets ", to_string(in)),
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
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

/// The last axes of a shape, over which a sample is normalised; fails if there are fewer.
inline std::vector<std::int64_t> last_axes(const Shape& in, std::int64_t axes, const Outline& out) {
  require_floats(in, out);
  const auto rank = static_cast<std::int64_t>(in.sizes.size());
  if (rank < axes) {
    out.fail(text("normalises over the last ", axes, " axes, gets ", to_string(in)), "lower `axes`");
  }
  return {in.sizes.end() - axes, in.sizes.end()};
}

struct LayerNormParams {
  std::int64_t axes = 1;
  double eps = 1e-5;
  bool affine = true;
  bool bias = true;
  double scale = 1.0;

  static void describe(Fields<LayerNormParams>& f) {
    f.about("Gives the last axis of each sample mean 0 and variance 1, as the features at each place.");
    f.source("Ba et al. 2016, Layer Normalization; torch.nn.LayerNorm");
    f("axes", &LayerNormParams::axes, "how many of the last axes are normalised over together", at_least(1));
    f("eps", &LayerNormParams::eps, "added to the variance, so that it is never 0", positive, log_scale);
    f("affine", &LayerNormParams::affine, "learn a scale and a shift of each element");
    f("bias", &LayerNormParams::bias, "with `affine`: learn the shift");
    f("scale", &LayerNormParams::scale, "first value of the scales");
  }

  Shape outline(const Shape& in, Outline& out) const {
    const std::vector<std::int64_t> shape = last_axes(in, axes, out);
    if (affine) out.parameter("weight", shape);
    if (affine && bias) out.parameter("bias", shape);
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct RmsNormParams {
  std::int64_t axes = 1;
  double eps = 1e-6;
  bool affine = true;
  double scale = 1.0;

  static void describe(Fields<RmsNormParams>& f) {
    f.about("Divides the last axis of each sample by its root mean square; the mean stays.");
    f.source("Zhang and Sennrich 2019, Root Mean Square Layer Normalization; torch.nn.RMSNorm");
    f("axes", &RmsNormParams::axes, "how many of the last axes are taken together", at_least(1));
    f("eps", &RmsNormParams::eps, "added to the mean square, so that it is never 0", positive, log_scale);
    f("affine", &RmsNormParams::affine, "learn a scale of each element");
    f("scale", &RmsNormParams::scale, "first value of the scales");
  }

  Shape outline(const Shape& in, Outline& out) const {
    const std::vector<std::int64_t> shape = last_axes(in, axes, out);
    if (affine) out.parameter("weight", shape);
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct GroupNormParams {
  std::int64_t groups = 1;
  double eps = 1e-5;
  bool affine = true;
  double scale = 1.0;

  static void describe(Fields<GroupNormParams>& f) {
    f.about(
        "Gives each group of channels of a sample mean 0 and variance 1. Takes [channels, ...]; as many "
        "groups "
        "as channels is instance normalisation.");
    f.source("Wu and He 2018, Group Normalization; torch.nn.GroupNorm");
    f("groups", &GroupNormParams::groups, "groups of channels", required, at_least(1));
    f("eps", &GroupNormParams::eps, "added to the variance, so that it is never 0", positive, log_scale);
    f("affine", &GroupNormParams::affine, "learn a scale and a shift of each channel");
    f("scale", &GroupNormParams::scale, "first value of the scales");
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (in.sizes.empty()) out.fail("expects [channels, ...], gets one number", "use `batch_norm`");
    const std::int64_t channels = in.sizes[0];
    if (channels % groups != 0) {
      out.fail(text("has ", count_text(groups, "group"), ", which do not divide the ",
                    count_text(channels, "channel"), " of ", to_string(in)),
               "let groups divide the channels that come in");
    }
    if (affine) {
      out.parameter("weight", {channels});
      out.parameter("bias", {channels});
    }
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_norms(Implementations& parts);  // norms.cpp

}  // namespace assay::layers
