#include "plugins/augmentations/color_jitter.h"

#include <algorithm>
#include <vector>

#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/fmod.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>

#include "plugins/augmentations/draws.h"
#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::augmentations {
namespace {

/// A number of each sample, as [batch, 1, 1, 1].
at::Tensor per_sample(const std::vector<double>& values, const at::Tensor& x) {
  return tensor_like(values, x).view({-1, 1, 1, 1});
}

/// factor * x + (1 - factor) * other, within 0 and 1.
at::Tensor blended(const at::Tensor& x, const at::Tensor& other, const std::vector<double>& factors) {
  std::vector<double> rest;
  for (const double factor : factors) rest.push_back(1 - factor);
  return x.mul(per_sample(factors, x)).add_(other.mul(per_sample(rest, x))).clamp_(0, 1);
}

/// [batch, 3, height, width] -> [batch, 1, height, width], by the weights of ITU-R 601.
at::Tensor grey_of(const at::Tensor& x) {
  if (x.size(1) == 1) return x;
  const auto channel = [&](std::int64_t i) { return x.narrow(1, i, 1); };
  return channel(0).mul(0.2989).add_(channel(1).mul(0.587)).add_(channel(2).mul(0.114));
}

struct Hsv {
  at::Tensor hue, saturation, value;  // [batch, height, width], each from 0 to 1
};

Hsv to_hsv(const at::Tensor& x) {
  const at::Tensor r = x.select(1, 0), g = x.select(1, 1), b = x.select(1, 2);
  const at::Tensor most = at::amax(x, 1), least = at::amin(x, 1);
  const at::Tensor range = most.sub(least);
  const at::Tensor is_grey = most.eq(least);  // no hue, and nothing to divide by
  const at::Tensor one = at::ones_like(most);
  const at::Tensor divisor = at::where(is_grey, one, range);
  const auto distance = [&](const at::Tensor& channel) { return most.sub(channel).div_(divisor); };
  const at::Tensor to_r = distance(r), to_g = distance(g), to_b = distance(b);
  const at::Tensor hue = at::where(most.eq(r), to_b.sub(to_g),
                                   at::where(most.eq(g), to_r.add(2).sub_(to_b), to_g.add(4).sub_(to_r)));
  return {at::fmod(hue.div(6).add_(1), 1), range.div(at::where(is_grey, one, most)), most};
}

at::Tensor to_rgb(const Hsv& hsv) {
  const at::Tensor sixths = hsv.hue.mul(6);
  const at::Tensor whole = sixths.floor();
  const at::Tensor part = sixths.sub(whole);
  const at::Tensor& v = hsv.value;
  const auto dimmed = [&](const at::Tensor& by) { return by.neg().add_(1).mul_(v).clamp_(0, 1); };
  const at::Tensor p = dimmed(hsv.saturation);
  const at::Tensor q = dimmed(hsv.saturation.mul(part));
  const at::Tensor t = dimmed(hsv.saturation.mul(part.neg().add_(1)));
  const at::Tensor sixth = at::remainder(whole, 6).to(at::kLong).unsqueeze(1);
  const auto channel = [&](const std::vector<at::Tensor>& by_sixth) {
    return at::stack(by_sixth, 1).gather(1, sixth).squeeze(1);
  };
  return at::stack({channel({v, q, p, p, t, v}), channel({t, v, v, q, p, p}), channel({p, p, t, v, v, q})},
                   1);
}

at::Tensor hue_turned(const at::Tensor& x, const std::vector<double>& turns) {
  if (x.size(1) == 1) return x;
  Hsv hsv = to_hsv(x);
  hsv.hue = at::remainder(hsv.hue.add(tensor_like(turns, x).view({-1, 1, 1})), 1);
  return to_rgb(hsv);
}

class ColorJitter final : public Augmentation {
 public:
  using Params = ColorJitterParams;
  ColorJitter(const Params& params, const Needs& needs) : params_(params), stream_(needs.stream) {}

  at::Tensor operator()(const at::Tensor& x, const Context& context) const override {
    if (!context.is_training) return x;
    const Drawn drawn = draw(context);
    at::Tensor out = x;
    if (params_.brightness > 0) out = out.mul(per_sample(drawn.brightness, x)).clamp_(0, 1);
    if (params_.contrast > 0) {
      out = blended(out, grey_of(out).mean({1, 2, 3}, /*keepdim=*/true), drawn.contrast);
    }
    if (params_.saturation > 0 && x.size(1) == 3) out = blended(out, grey_of(out), drawn.saturation);
    if (params_.hue > 0) out = hue_turned(out, drawn.hue);
    return out;
  }

 private:
  struct Drawn {
    std::vector<double> brightness, contrast, saturation, hue;
  };

  // All four are drawn, whatever is asked for: one that is taken out changes nothing about the others.
  Drawn draw(const Context& context) const {
    const auto factor = [](Draws& draws, double reach) {
      return uniform(draws, std::max(0.0, 1 - reach), 1 + reach);
    };
    Drawn out;
    for_each_sample(stream_, context, [&](Draws& draws) {
      out.brightness.push_back(factor(draws, params_.brightness));
      out.contrast.push_back(factor(draws, params_.contrast));
      out.saturation.push_back(factor(draws, params_.saturation));
      out.hue.push_back(uniform(draws, -params_.hue, params_.hue));
    });
    return out;
  }

  Params params_;
  Stream stream_;
};

}  // namespace

void implement_color_jitter(Implementations& parts) { parts.add<ColorJitter>("color_jitter"); }

}  // namespace assay::augmentations
