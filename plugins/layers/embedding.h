// From tokens to vectors, and where in a sequence these stand.
#pragma once

#include <cstdint>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

/// `init:` of tables of vectors. What PyTorch's embedding starts from is the default.
struct TableInits {
  Slot<Init> weight = "standard_normal";

  static void describe(Fields<TableInits>& f) {
    f("weight", &TableInits::weight, "first values of the vectors");
  }
};

struct EmbeddingParams {
  std::int64_t units = 0;
  std::int64_t vocabulary = 0;
  TableInits init;

  static void describe(Fields<EmbeddingParams>& f) {
    f.about("A vector for each token: [time] integers to [time, units].");
    f.source("Bengio et al. 2003, A Neural Probabilistic Language Model; torch.nn.Embedding");
    f("units", &EmbeddingParams::units, "size of the vectors", required, at_least(1));
    f("vocabulary", &EmbeddingParams::vocabulary,
      "how many tokens there are; 0 for as many as a language model's data has", non_negative);
    f("init", &EmbeddingParams::init, "first values of the vectors");
  }

  std::int64_t tokens(const ModelFacts& facts) const { return vocabulary > 0 ? vocabulary : facts.outputs(); }

  Shape outline(const Shape& in, Outline& out) const {
    const bool is_integer = in.dtype == Dtype::i64 || in.dtype == Dtype::i32 || in.dtype == Dtype::u8;
    if (!is_integer) {
      out.fail(text("expects integers, gets ", to_string(in)), "use data of tokens, and no transform");
    }
    if (vocabulary == 0 && out.facts().task.kind != Task::Kind::language_model) {
      out.fail("has no `vocabulary`, which only the data of a language model tells",
               "add `vocabulary:`, the number of tokens");
    }
    const std::int64_t rows = tokens(out.facts());
    out.parameter("weight", {rows, units});
    Shape shape{in.sizes};
    shape.sizes.push_back(units);
    return shape;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct LearnedPositionsParams {
  std::int64_t length = 0;
  TableInits init;

  static void describe(Fields<LearnedPositionsParams>& f) {
    f.about("Adds to each place of [time, features] a vector that is learned for it.");
    f.source("Gehring et al. 2017, Convolutional Sequence to Sequence Learning");
    f("length", &LearnedPositionsParams::length, "how many places; 0 for as many as the input has",
      non_negative);
    f("init", &LearnedPositionsParams::init, "first values of the vectors");
  }

  std::int64_t places(const Shape& in) const { return length > 0 ? length : in.sizes[0]; }

  Shape outline(const Shape& in, Outline& out) const {
    require_sequence(in, out);
    if (places(in) < in.sizes[0]) {
      out.fail(text("has ", length, " places, gets ", to_string(in)), "raise `length`, or leave it out");
    }
    out.parameter("weight", {places(in), in.sizes[1]});
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct SinusoidalPositionsParams {
  double base = 10000.0;

  static void describe(Fields<SinusoidalPositionsParams>& f) {
    f.about(
        "Adds sines and cosines of the place to [time, features]: sin(t / base^(2i / features)) to feature "
        "2i, "
        "the cosine to feature 2i + 1.");
    f.source("Vaswani et al. 2017, Attention Is All You Need, sec. 3.5");
    f("base", &SinusoidalPositionsParams::base, "2 pi times this is the longest wavelength", above(1));
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_sequence(in, out);
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_embedding(Implementations& parts);  // embedding.cpp

}  // namespace assay::layers
