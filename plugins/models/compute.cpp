// What models compute, for those who export them.
#include "plugins/models/graph.h"
#include "plugins/models/lenet.h"
#include "plugins/models/mlp.h"
#include "plugins/models/sequential.h"
#include "registry/contracts/computation.h"

namespace assay::models {

namespace {

Operand affine_of(std::string_view name, const Operand& x, const Shape& made, Operation operation,
                  Computation& out) {
  return out.scope(name, [&] { return out.add_with(std::move(operation), {x}, {"weight", "bias"}, made); });
}

/// What outline_dense writes down.
Operand computed_dense(Operand x, const std::vector<std::int64_t>& hidden, const Slot<Layer>& activation,
                       const Shape& made, Computation& out) {
  x = out.add(operation::Reshape{}, {x}, {{element_count(x.shape.sizes)}});
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    const std::string name = text("layers.", i);
    x = affine_of(name, x, {{hidden[i]}}, operation::Linear{}, out);
    x = out.layer(name + ".activation", activation, x);
  }
  return affine_of(text("layers.", hidden.size()), x, made, operation::Linear{}, out);
}

}  // namespace

Operand MlpParams::compute(const Shape& made, Computation& out) const {
  return computed_dense(out.inputs().front(), hidden, activation, made, out);
}

Operand LenetParams::compute(const Shape& made, Computation& out) const {
  Operand x = out.inputs().front();
  if (x.shape.sizes.size() == 2) x = out.add(operation::Reshape{}, {x}, as_image(x.shape));
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::string name = text("convolutions.", i);
    const Shape full{{channels[i], x.shape.sizes[1], x.shape.sizes[2]}};
    const std::int64_t before = (kernel - 1) / 2;
    x = affine_of(name, x, full, operation::Convolution{1, before, kernel - 1 - before, 1, 1}, out);
    x = out.layer(name + ".activation", activation, x);
    const Shape half{{channels[i], full.sizes[1] / 2, full.sizes[2] / 2}};
    x = out.add(operation::Pool{true, 2, 2, 0}, {x}, half);
  }
  return computed_dense(x, hidden, activation, made, out);
}

Operand SequentialParams::compute(const Shape&, Computation& out) const {
  return out.layers("layers", layers, out.inputs().front());
}

Operand GraphParams::compute(const Shape&, Computation& out) const {
  const Wiring wires = wiring(Outline(out.facts()));
  std::vector<Operand> values = out.inputs();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    std::vector<Operand> taken;
    for (const std::size_t source : wires.sources[i]) taken.push_back(values[source]);
    values.push_back(out.layer(nodes[i].name, nodes[i].layer, taken));
  }
  return values[wires.output];
}

}  // namespace assay::models
