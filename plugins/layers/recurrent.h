// Recurrent layers over sequences: rnn, lstm, gru. Stacked and in both directions; weights have the names of
// torch.nn's, as weight_ih_l0 and bias_hh_l1_reverse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

enum class Cell { rnn, lstm, gru };

/// Vectors of `units` numbers that a cell computes at each step: its state or gates.
constexpr std::int64_t gates_of(Cell cell) { return cell == Cell::rnn ? 1 : cell == Cell::lstm ? 4 : 3; }

/// `init:` of recurrent layers. What PyTorch starts from is the default of all.
struct RecurrentInits {
  Slot<Init> weight = "uniform_fan_out";
  Slot<Init> recurrent = "uniform_fan_out";
  Slot<Init> bias = "uniform_fan_out";

  static void describe(Fields<RecurrentInits>& f) {
    f("weight", &RecurrentInits::weight, "first values of the weights of the input");
    f("recurrent", &RecurrentInits::recurrent, "first values of the weights of the last step");
    f("bias", &RecurrentInits::bias, "first values of the biases");
  }
};

template <Cell cell>
struct RecurrentParams {
  std::int64_t units = 0;
  std::int64_t layers = 1;
  bool bidirectional = false;
  double dropout = 0.0;
  std::string output = "all";
  bool bias = true;
  std::string activation = "tanh";  // of an rnn
  RecurrentInits init;

  static void describe(Fields<RecurrentParams>& f) {
    if constexpr (cell == Cell::rnn) {
      f.about("Elman's recurrent network over [time, features]: h = tanh(W x + U h + b), step by step.");
      f.source("Elman 1990, Finding Structure in Time; torch.nn.RNN");
    } else if constexpr (cell == Cell::lstm) {
      f.about("Long short-term memory over [time, features].");
      f.source("Hochreiter and Schmidhuber 1997, Long Short-Term Memory; torch.nn.LSTM");
    } else {
      f.about(
          "Gated recurrent units over [time, features]; the reset gate acts after the product, as in "
          "torch.nn.GRU.");
      f.source("Cho et al. 2014, Learning Phrase Representations using RNN Encoder-Decoder; torch.nn.GRU");
    }
    f("units", &RecurrentParams::units, "size of the state, in each direction", required, at_least(1));
    f("layers", &RecurrentParams::layers, "layers on top of each other", at_least(1));
    f("bidirectional", &RecurrentParams::bidirectional,
      "also from the last step to the first; outputs of both are put side by side");
    f("dropout", &RecurrentParams::dropout, "chance that an output of a layer is zeroed before the next",
      fraction);
    f("output", &RecurrentParams::output,
      "`all`: [time, units]; `last`: [units], the state in which each direction ends",
      one_of({"all", "last"}));
    f("bias", &RecurrentParams::bias, "add biases");
    if constexpr (cell == Cell::rnn) {
      f("activation", &RecurrentParams::activation, "of the state", one_of({"tanh", "relu"}));
    }
    f("init", &RecurrentParams::init, "first values of weights and biases");
    f.check("dropout is 0 where there is one layer: it acts between layers",
            [](const RecurrentParams& p) { return p.dropout == 0 || p.layers > 1; });
  }

  std::int64_t directions() const { return bidirectional ? 2 : 1; }
  std::int64_t inputs_of(std::int64_t layer, std::int64_t features) const {
    return layer == 0 ? features : units * directions();
  }

  /// The end of the names of a layer's tensors: `_l0`, `_l1_reverse`.
  static std::string suffix(std::int64_t layer, std::int64_t direction) {
    return text("_l", layer, direction == 1 ? "_reverse" : "");
  }

  Shape outline(const Shape& in, Outline& out) const {
    if (dropout > 0) out.random();
    require_sequence(in, out);
    const std::int64_t rows = gates_of(cell) * units;
    for (std::int64_t layer = 0; layer < layers; ++layer) {
      for (std::int64_t direction = 0; direction < directions(); ++direction) {
        const std::string end = suffix(layer, direction);
        out.parameter("weight_ih" + end, {rows, inputs_of(layer, in.sizes[1])});
        out.parameter("weight_hh" + end, {rows, units});
        if (!bias) continue;
        out.parameter("bias_ih" + end, {rows});
        out.parameter("bias_hh" + end, {rows});
      }
    }
    if (output == "last") return {{units * directions()}};
    return {{in.sizes[0], units * directions()}};
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_recurrent(Implementations& parts);  // recurrent.cpp

}  // namespace assay::layers
