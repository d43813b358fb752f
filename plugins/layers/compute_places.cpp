// What layers over places compute, and those that change shapes or bring several inputs together.
#include <numeric>

#include "plugins/layers/composites.h"
#include "plugins/layers/convolution.h"
#include "plugins/layers/pooling.h"
#include "plugins/layers/shaping.h"
#include "registry/contracts/computation.h"

namespace assay::layers {

namespace {

/// An axis from 0.
std::int64_t from_front(std::int64_t axis, std::size_t rank) {
  return axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis;
}

/// All of one after the other, two at a time.
template <class O>
Operand folded(std::span<const Operand> inputs, const Shape& made, Computation& out) {
  Operand all = inputs.front();
  for (const Operand& next : inputs.subspan(1)) {
    Shape both = made;
    for (std::size_t axis = 0; axis < both.sizes.size(); ++axis) {
      both.sizes[axis] = std::max(all.shape.sizes[axis], next.shape.sizes[axis]);
    }
    all = out.add(O{}, {all, next}, both);
  }
  return all;
}

}  // namespace

template <std::size_t axes>
Operand ConvolutionParams<axes>::compute(const Operand& x, const Shape& made, Computation& out) const {
  operation::Convolution convolution{stride, 0, 0, dilation, groups};
  const std::int64_t reach = dilation * (kernel - 1);
  if (is_same()) {
    convolution.before = reach / 2;
    convolution.after = reach - reach / 2;
  } else if (is_causal()) {
    convolution.before = causal_zeros();
  } else {
    convolution.before = convolution.after = padding.integer();
  }
  return out.add_with(convolution, {x}, {"weight", "bias"}, made);
}

template Operand ConvolutionParams<1>::compute(const Operand&, const Shape&, Computation&) const;
template Operand ConvolutionParams<2>::compute(const Operand&, const Shape&, Computation&) const;

template <Pool pool, std::size_t axes>
Operand PoolParams<pool, axes>::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Pool{pool == Pool::max, kernel, stride.value_or(kernel), padding}, {x}, made);
}

template Operand PoolParams<Pool::max, 1>::compute(const Operand&, const Shape&, Computation&) const;
template Operand PoolParams<Pool::max, 2>::compute(const Operand&, const Shape&, Computation&) const;
template Operand PoolParams<Pool::average, 1>::compute(const Operand&, const Shape&, Computation&) const;
template Operand PoolParams<Pool::average, 2>::compute(const Operand&, const Shape&, Computation&) const;

Operand AdaptiveAvgPool2dParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::AdaptiveAveragePool{}, {x}, made);
}

Operand GlobalAvgPoolParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  std::vector<std::int64_t> axes(x.shape.sizes.size() - 1);
  std::iota(axes.begin(), axes.end(), 1);
  return out.add(operation::Mean{std::move(axes)}, {x}, made);
}

Operand FlattenParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Reshape{}, {x}, made);
}

Operand ReshapeParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Reshape{}, {x}, made);
}

Operand PermuteParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Permute{order}, {x}, made);
}

Operand SelectParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  const std::int64_t place = from_front(axis, x.shape.sizes.size());
  const std::int64_t size = x.shape.sizes[static_cast<std::size_t>(place)];
  return out.add(operation::Select{place, index < 0 ? index + size : index}, {x}, made);
}

Operand MeanParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Mean{{from_front(axis, x.shape.sizes.size())}}, {x}, made);
}

Operand PadParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Pad{from_front(axis, x.shape.sizes.size()), before, after}, {x}, made);
}

Operand UpsampleParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Upsample{factor, mode == "bilinear"}, {x}, made);
}

Operand SequenceParams::compute(const Operand& x, const Shape&, Computation& out) const {
  return out.layers("layers", layers, x);
}

Operand ResidualParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add(operation::Add{}, {out.layers("layers", layers, x), out.layers("shortcut", shortcut, x)},
                 made);
}

Operand RepeatParams::compute(const Operand& x, const Shape&, Computation& out) const {
  Operand h = x;
  for (std::int64_t i = 0; i < times; ++i) h = out.layers(text(shared ? 0 : i, ".layers"), layers, h);
  return h;
}

Operand AddParams::compute(std::span<const Operand> inputs, const Shape& made, Computation& out) const {
  return folded<operation::Add>(inputs, made, out);
}

Operand MultiplyParams::compute(std::span<const Operand> inputs, const Shape& made, Computation& out) const {
  return folded<operation::Multiply>(inputs, made, out);
}

Operand ConcatParams::compute(std::span<const Operand> inputs, const Shape& made, Computation& out) const {
  return out.add(operation::Concat{from_front(axis, made.sizes.size())}, inputs, made);
}

}  // namespace assay::layers
