// From any shape to a row of features.
#pragma once

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

struct FlattenParams {
  static void describe(Fields<FlattenParams>& f) { f.about("Makes [features] of any shape, row by row."); }

  Shape outline(const Shape& in, Outline&) const { return {{element_count(in.sizes)}, in.dtype}; }
};

void implement_flatten(Implementations& parts);  // flatten.cpp

}  // namespace assay::layers
