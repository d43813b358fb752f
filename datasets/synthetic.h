// Data that is made, not read: `dataset: {type: moons, rows: 500, noise: 0.1}`. Row r is a pure function of
// the parameters and r, so the same config gives the same numbers everywhere, and more rows leave the first
// as they are (but for moons and circles, whose points lie evenly).
#pragma once

#include <cstdint>
#include <utility>

#include "registry/contracts/dataset.h"

namespace assay::datasets {

/// What all of them take.
struct Made {
  std::int64_t rows = 1000;
  std::int64_t seed = 0;

  template <class P>
  static void describe_made(Fields<P>& f) {
    std::int64_t P::*made_rows = &P::rows;
    std::int64_t P::*made_seed = &P::seed;
    f("rows", made_rows, "how many samples there are", at_least(2));
    f("seed", made_seed, "seed of the numbers; not the run's, so that runs of all seeds share their data",
      at_least(0));
  }
};

/// 70/15/15, stratified.
struct MadeClasses : Made {
  DatasetOutline outline() const;
};

/// 70/15/15.
struct MadeValues : Made {
  DatasetOutline outline() const;
};

struct XorParams : MadeClasses {
  double noise = 0;

  static void describe(Fields<XorParams>& f) {
    f.about("x [2] f32, even over the square from -1 to 1; class 1 where the two have different signs.");
    describe_made(f);
    f("noise", &XorParams::noise, "standard deviation of what is added to x", non_negative);
  }
};

struct MoonsParams : MadeClasses {
  double noise = 0.1;

  static void describe(Fields<MoonsParams>& f) {
    f.about("Two half circles that reach into each other: x [2] f32, two classes, which take turns.");
    f.source("scikit-learn, sklearn.datasets.make_moons");
    describe_made(f);
    f("noise", &MoonsParams::noise, "standard deviation of what is added to x", non_negative);
  }
};

struct CirclesParams : MadeClasses {
  double noise = 0.05;
  double factor = 0.5;

  static void describe(Fields<CirclesParams>& f) {
    f.about("A circle of radius 1 around a smaller one: x [2] f32, two classes, which take turns.");
    f.source("scikit-learn, sklearn.datasets.make_circles");
    describe_made(f);
    f("noise", &CirclesParams::noise, "standard deviation of what is added to x", non_negative);
    f("factor", &CirclesParams::factor, "radius of the inner circle", above(0) && below(1));
  }
};

struct SpiralsParams : MadeClasses {
  std::int64_t classes = 2;
  double turns = 1.5;
  double noise = 0.02;

  static void describe(Fields<SpiralsParams>& f) {
    f.about("Arms that wind out from the origin to radius 1: x [2] f32, a class an arm; they take turns.");
    f.source("Lang and Witbrock 1988, Learning to tell two spirals apart");
    describe_made(f);
    f("classes", &SpiralsParams::classes, "how many arms there are", at_least(2));
    f("turns", &SpiralsParams::turns, "how often each winds around", positive);
    f("noise", &SpiralsParams::noise, "standard deviation of what is added to x", non_negative);
  }
};

struct BlobsParams : MadeClasses {
  std::int64_t classes = 3;
  std::int64_t features = 2;
  double spread = 1;

  static void describe(Fields<BlobsParams>& f) {
    f.about("Normal clouds around centers drawn between -10 and 10: x [features] f32; classes take turns.");
    f.source("scikit-learn, sklearn.datasets.make_blobs");
    describe_made(f);
    f("classes", &BlobsParams::classes, "how many clouds there are", at_least(2));
    f("features", &BlobsParams::features, "values of x", at_least(1));
    f("spread", &BlobsParams::spread, "standard deviation within a cloud", non_negative);
  }
};

struct RegressionParams : MadeValues {
  std::int64_t features = 10;
  std::int64_t informative = 5;
  double noise = 0.1;

  static void describe(Fields<RegressionParams>& f) {
    f.about(
        "x [features] f32 and weights are standard normal; y [1] f32 is the sum of the first features times "
        "their weights, and noise.");
    f.source("scikit-learn, sklearn.datasets.make_regression");
    describe_made(f);
    f("features", &RegressionParams::features, "values of x", at_least(1));
    f("informative", &RegressionParams::informative, "how many of them y depends on: the first", at_least(1));
    f("noise", &RegressionParams::noise, "standard deviation of what is added to y", non_negative);
    f.check("informative is at most features",
            [](const RegressionParams& p) { return p.informative <= p.features; });
  }
};

struct AddingParams : MadeValues {
  std::int64_t length = 50;

  static void describe(Fields<AddingParams>& f) {
    f.about(
        "x [length, 2] f32: numbers from 0 to 1, and beside them a 1 at two places, elsewhere 0; y [1] f32 "
        "is "
        "the sum of the two numbers marked. Answering 1 always has a mean squared error of 1/6.");
    f.source("Hochreiter and Schmidhuber 1997, Long short-term memory, sec. 5.4; as in Bai et al. 2018");
    describe_made(f);
    f("length", &AddingParams::length, "places of a sequence", at_least(2));
  }
};

struct CopyMemoryParams : Made {
  std::int64_t delay = 50;
  std::int64_t memory = 10;

  /// 70/15/15.
  DatasetOutline outline() const;

  static void describe(Fields<CopyMemoryParams>& f) {
    f.about(
        "x [delay + 2 memory] i64: symbols from 1 to 8, then 0, then 9 where they are to be repeated; y is 0 "
        "but for the end, where it is the symbols. 10 symbols in all.");
    f.source(
        "Arjovsky et al. 2016, Unitary evolution recurrent neural networks, sec. 4.1; as in Bai et al. 2018");
    describe_made(f);
    f("delay", &CopyMemoryParams::delay, "places between the last symbol and its repetition", at_least(1));
    f("memory", &CopyMemoryParams::memory, "how many symbols are to be kept", at_least(1));
  }
};

struct MadeTable {
  Task task;
  Array x;  // [rows, ...]
  Array y;  // [rows, ...]
};

MadeTable make(const XorParams& params);
MadeTable make(const MoonsParams& params);
MadeTable make(const CirclesParams& params);
MadeTable make(const SpiralsParams& params);
MadeTable make(const BlobsParams& params);
MadeTable make(const RegressionParams& params);
MadeTable make(const AddingParams& params);
MadeTable make(const CopyMemoryParams& params);

/// Columns x and y as the description of P says.
template <class P>
class Synthetic final : public TableDataset {
 public:
  using Params = P;
  Synthetic(const P& params, const Dataset::Needs& /*needs*/) {
    MadeTable made = make(params);
    facts_.task = std::move(made.task);
    add_column("x", std::move(made.x));
    add_column("y", std::move(made.y));
  }
};

}  // namespace assay::datasets
