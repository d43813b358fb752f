// What layer `example/example` is called, takes and does to shapes. Commands such as `check` and `describe`
// load this half alone: include no LibTorch here.
#pragma once

#include "registry/contracts/families.h"

namespace example {

struct ExampleParams {
  double slope = 1.0;  // the default

  static void describe(assay::Fields<ExampleParams>& f) {
    f.about("x * sigmoid(slope * x), with a slope for each feature, which is learned.");
    f.source("Ramachandran et al. 2017, Searching for Activation Functions");
    f("slope", &ExampleParams::slope, "what the slopes are before training", assay::non_negative);
  }

  /// From the shape of one sample, [..., features], to that of the output; names what is learned.
  assay::Shape outline(const assay::Shape& in, assay::Outline& out) const {
    if (in.dtype != assay::Dtype::f32 || in.sizes.empty())
      out.fail("expects features, gets " + to_string(in), "put a layer that makes features before it");
    out.parameter("slope", {in.sizes.back()});
    return in;
  }
};

}  // namespace example
