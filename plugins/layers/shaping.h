// Layers that change the shape of what goes through and learn nothing. Axes are those of a sample: 0 is the
// first after the batch, -1 the last.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

/// The axis that is meant, from 0; fails if the input has none of this number.
inline std::size_t axis_of(std::int64_t axis, const Shape& in, const Outline& out) {
  const auto rank = static_cast<std::int64_t>(in.sizes.size());
  if (axis < -rank || axis >= rank) {
    out.fail(text("has the axis ", axis, ", gets ", to_string(in)),
             "count axes from 0, or from -1 backwards");
  }
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

struct FlattenParams {
  static void describe(Fields<FlattenParams>& f) {
    f.about("Makes [features] of any shape, row by row.");
    f.source("torch.nn.Flatten");
  }

  Shape outline(const Shape& in, Outline&) const { return {{element_count(in.sizes)}, in.dtype}; }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct ReshapeParams {
  std::vector<std::int64_t> shape;

  static void describe(Fields<ReshapeParams>& f) {
    f.about("The same numbers, row by row, in another shape.");
    f.source("torch.reshape");
    f("shape", &ReshapeParams::shape, "of one sample; one size may be -1, and is what remains", required,
      non_empty(), each(at_least(-1)));
    f.check("at most one size is -1",
            [](const ReshapeParams& p) { return std::ranges::count(p.shape, -1) <= 1; });
    f.check("no size is 0", [](const ReshapeParams& p) { return std::ranges::count(p.shape, 0) == 0; });
  }

  Shape outline(const Shape& in, Outline& out) const {
    std::int64_t known = 1;
    for (const std::int64_t size : shape) known *= size == -1 ? 1 : size;
    const std::int64_t count = element_count(in.sizes);
    const bool has_rest = std::ranges::count(shape, -1) == 1;
    if (has_rest ? count % known != 0 : count != known) {
      out.fail(text("cannot make ", shape_text(shape), " of the ", count_text(count, "number"), " of ",
                    to_string(in)),
               "let the sizes multiply to as many numbers as come in");
    }
    Shape result{shape, in.dtype};
    std::ranges::replace(result.sizes, std::int64_t{-1}, count / known);
    return result;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct PermuteParams {
  std::vector<std::int64_t> order;

  static void describe(Fields<PermuteParams>& f) {
    f.about("The axes in another order: `[1, 0]` makes [features, time] of [time, features].");
    f.source("torch.permute");
    f("order", &PermuteParams::order, "for each axis of the output, which of the input it is; from 0",
      required, non_empty(), each(at_least(0)));
  }

  Shape outline(const Shape& in, Outline& out) const {
    std::vector<std::int64_t> sorted = order;
    std::ranges::sort(sorted);
    bool is_order = sorted.size() == in.sizes.size();
    for (std::size_t i = 0; is_order && i < sorted.size(); ++i) {
      is_order = sorted[i] == static_cast<std::int64_t>(i);
    }
    if (!is_order) {
      out.fail(text("has the order ", shape_text(order), ", gets ", to_string(in)),
               text("name each axis from 0 to ", in.sizes.size() - 1, " once"));
    }
    Shape result{{}, in.dtype};
    for (const std::int64_t axis : order) result.sizes.push_back(in.sizes[static_cast<std::size_t>(axis)]);
    return result;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct SelectParams {
  std::int64_t axis = 0;
  std::int64_t index = -1;

  static void describe(Fields<SelectParams>& f) {
    f.about(
        "One place of an axis, which goes away: the last step of [time, features], unless told otherwise.");
    f.source("torch.select");
    f("axis", &SelectParams::axis, "from 0, or from -1 backwards");
    f("index", &SelectParams::index, "the place, from 0, or from -1 backwards");
  }

  Shape outline(const Shape& in, Outline& out) const {
    const std::size_t place = axis_of(axis, in, out);
    const std::int64_t size = in.sizes[place];
    if (index < -size || index >= size) {
      out.fail(text("takes place ", index, " of axis ", axis, ", gets ", to_string(in)),
               text("choose an index from ", -size, " to ", size - 1));
    }
    Shape result = in;
    result.sizes.erase(result.sizes.begin() + static_cast<std::ptrdiff_t>(place));
    return result;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct MeanParams {
  std::int64_t axis = 0;

  static void describe(Fields<MeanParams>& f) {
    f.about("The mean over an axis, which goes away: over time of [time, features], unless told otherwise.");
    f.source("torch.mean");
    f("axis", &MeanParams::axis, "from 0, or from -1 backwards");
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    Shape result = in;
    result.sizes.erase(result.sizes.begin() + static_cast<std::ptrdiff_t>(axis_of(axis, in, out)));
    return result;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct PadParams {
  std::int64_t axis = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;

  static void describe(Fields<PadParams>& f) {
    f.about("Zeros at the ends of an axis.");
    f.source("torch.nn.functional.pad");
    f("axis", &PadParams::axis, "from 0, or from -1 backwards");
    f("before", &PadParams::before, "zeros before the first place", non_negative);
    f("after", &PadParams::after, "zeros after the last place", non_negative);
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    Shape result = in;
    result.sizes[axis_of(axis, in, out)] += before + after;
    return result;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct UpsampleParams {
  std::int64_t factor = 2;
  std::string mode = "nearest";

  static void describe(Fields<UpsampleParams>& f) {
    f.about("A larger image: [channels, height, width] to [channels, factor * height, factor * width].");
    f.source("torch.nn.Upsample");
    f("factor", &UpsampleParams::factor, "how many times larger each side becomes", at_least(1));
    f("mode", &UpsampleParams::mode, "`nearest` repeats pixels, `bilinear` goes from one to the next",
      one_of({"nearest", "bilinear"}));
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_image(in, out);
    return {{in.sizes[0], factor * in.sizes[1], factor * in.sizes[2]}};
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_shaping(Implementations& parts);  // shaping.cpp

}  // namespace assay::layers
