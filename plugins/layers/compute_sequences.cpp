// What layers over sequences compute: attention written out around its kernel, recurrent layers one by one.
#include <cmath>

#include "plugins/layers/angles.h"
#include "plugins/layers/attention.h"
#include "plugins/layers/embedding.h"
#include "plugins/layers/recurrent.h"
#include "registry/contracts/computation.h"

namespace assay::layers {

namespace {

/// f32 [places, columns] of a function of place and column.
template <class F>
Array table_of(std::int64_t places, std::int64_t columns, F&& value) {
  Array table(Dtype::f32, {places, columns});
  auto* out = table.as<float>();
  for (std::int64_t place = 0; place < places; ++place) {
    for (std::int64_t column = 0; column < columns; ++column) {
      *out++ = static_cast<float>(value(place, column));
    }
  }
  return table;
}

/// Cosines and sines [time, pairs] by which pairs of features are turned.
struct Turns {
  Operand cosines, sines, minus_sines;
};

Turns turns_of(std::int64_t time, std::int64_t features, Computation& out) {
  const auto angle = [&](std::int64_t t, std::int64_t pair) {
    return angle_of(t, pair, features, rotary_base);
  };
  const auto table = [&](auto value) { return out.constant(table_of(time, features / 2, value)); };
  return {table([&](auto t, auto i) { return std::cos(angle(t, i)); }),
          table([&](auto t, auto i) { return std::sin(angle(t, i)); }),
          table([&](auto t, auto i) { return -std::sin(angle(t, i)); })};
}

/// x [heads, time, features] -> the same shape, neighbouring features turned.
Operand turned(const Operand& x, const Turns& turns, Computation& out) {
  const std::int64_t heads = x.shape.sizes[0], time = x.shape.sizes[1], features = x.shape.sizes[2];
  const Shape half{{heads, time, features / 2}}, single{{heads, time, features / 2, 1}},
      pair{{heads, time, features / 2, 2}};
  const Operand pairs = out.add(operation::Reshape{}, {x}, pair);
  const Operand even = out.add(operation::Select{3, 0}, {pairs}, half);
  const Operand odd = out.add(operation::Select{3, 1}, {pairs}, half);
  const auto product = [&](const Operand& a, const Operand& b) {
    return out.add(operation::Multiply{}, {a, b}, half);
  };
  const auto sum = [&](const Operand& a, const Operand& b) {
    return out.add(operation::Reshape{}, {out.add(operation::Add{}, {a, b}, half)}, single);
  };
  const Operand first = sum(product(even, turns.cosines), product(odd, turns.minus_sines));
  const Operand second = sum(product(odd, turns.cosines), product(even, turns.sines));
  return out.add(operation::Reshape{}, {out.add(operation::Concat{3}, {first, second}, pair)}, x.shape);
}

/// x [time, features] -> the same shape.
Operand attention_over(const AttentionOptions& options, const Operand& x, Computation& out) {
  const std::int64_t time = x.shape.sizes[0], features = x.shape.sizes[1], of_head = features / options.heads;
  const Shape head{{options.heads, time, of_head}};
  const Operand all =
      out.add_with(operation::Linear{}, {x}, {"in_proj_weight", "in_proj_bias"}, {{time, 3 * features}});
  const Operand split = out.add(operation::Reshape{}, {all}, {{time, 3, options.heads, of_head}});
  const Operand by_head =
      out.add(operation::Permute{{1, 2, 0, 3}}, {split}, {{3, options.heads, time, of_head}});
  Operand query = out.add(operation::Select{0, 0}, {by_head}, head);
  Operand key = out.add(operation::Select{0, 1}, {by_head}, head);
  const Operand value = out.add(operation::Select{0, 2}, {by_head}, head);
  if (options.rotary) {
    const Turns turns = turns_of(time, of_head, out);
    query = turned(query, turns, out);
    key = turned(key, turns, out);
  }
  const Operand seen = out.add(operation::Attention{options.causal}, {query, key, value}, head);
  const Operand by_time = out.add(operation::Permute{{1, 0, 2}}, {seen}, {{time, options.heads, of_head}});
  const Operand joined = out.add(operation::Reshape{}, {by_time}, x.shape);
  return out.add_with(operation::Linear{}, {joined}, {"out_proj.weight", "out_proj.bias"}, x.shape);
}

template <Cell cell>
operation::Recurrent::Cell cell_of(const RecurrentParams<cell>& params) {
  using Kind = operation::Recurrent::Cell;
  if constexpr (cell == Cell::lstm) return Kind::lstm;
  if constexpr (cell == Cell::gru) return Kind::gru;
  return params.activation == "relu" ? Kind::rnn_relu : Kind::rnn_tanh;
}

}  // namespace

Operand EmbeddingParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add_with(operation::Embedding{}, {x}, {"weight"}, made);
}

Operand LearnedPositionsParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  Operand table = out.weight("weight");
  const std::int64_t time = x.shape.sizes[0];
  if (table.shape.sizes[0] > time) table = out.add(operation::First{time}, {table}, made);
  return out.add(operation::Add{}, {x, table}, made);
}

Operand SinusoidalPositionsParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  const std::int64_t features = made.sizes[1];
  const auto value = [&](std::int64_t t, std::int64_t i) {
    const double angle = angle_of(t, i / 2, features, base);
    return i % 2 == 0 ? std::sin(angle) : std::cos(angle);
  };
  return out.add(operation::Add{}, {x, out.constant(table_of(made.sizes[0], features, value))}, made);
}

Operand MultiHeadAttentionParams::compute(const Operand& x, const Shape&, Computation& out) const {
  return attention_over(options(), x, out);
}

Operand TransformerBlockParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  const Shape wide{{made.sizes[0], hidden(made.sizes[1])}};
  const auto sum = [&](const Operand& a, const Operand& b) {
    return out.add(operation::Add{}, {a, b}, made);
  };
  const auto affine = [&](const char* name, const Operand& in, const Shape& to) {
    return out.scope(name, [&] { return out.add_with(operation::Linear{}, {in}, {"weight", "bias"}, to); });
  };
  const auto attend = [&](const Operand& in) {
    return out.scope("self_attn", [&] { return attention_over(attention(), in, out); });
  };
  const auto network = [&](const Operand& in) {
    return affine("linear2", out.layer("activation", activation, affine("linear1", in, wide)), made);
  };
  if (norm_place == "before") {
    const Operand h = sum(x, attend(out.layer("norm1", norm, x)));
    return sum(h, network(out.layer("norm2", norm, h)));
  }
  const Operand h = out.layer("norm1", norm, sum(x, attend(x)));
  return out.layer("norm2", norm, sum(h, network(h)));
}

template <Cell cell>
Operand RecurrentParams<cell>::compute(const Operand& x, const Shape& made, Computation& out) const {
  Operand h = x;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    std::vector<std::string> weights;
    for (std::int64_t direction = 0; direction < directions(); ++direction) {
      const std::string end = suffix(layer, direction);
      for (const char* name : {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) weights.push_back(name + end);
    }
    const bool is_top = layer + 1 == layers;
    const operation::Recurrent recurrent{cell_of(*this), units, directions(), bias,
                                         is_top && output == "last"};
    const Shape between{{x.shape.sizes[0], units * directions()}};
    h = out.add_with(recurrent, {h}, weights, is_top ? made : between);
  }
  return h;
}

template Operand RecurrentParams<Cell::rnn>::compute(const Operand&, const Shape&, Computation&) const;
template Operand RecurrentParams<Cell::lstm>::compute(const Operand&, const Shape&, Computation&) const;
template Operand RecurrentParams<Cell::gru>::compute(const Operand&, const Shape&, Computation&) const;

}  // namespace assay::layers
