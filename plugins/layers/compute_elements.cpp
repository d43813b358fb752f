// What layers of elements, norms and linear maps compute, for those who export them.
#include "plugins/layers/activations.h"
#include "plugins/layers/dropout.h"
#include "plugins/layers/linear.h"
#include "plugins/layers/norms.h"
#include "registry/contracts/computation.h"

namespace assay::layers {

namespace {

using operation::Function;

Operand of_elements(Function function, const Operand& x, const Shape& made, Computation& out) {
  return out.add(function, {x}, made);
}

}  // namespace

Operand ReluParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::relu}, x, made, out);
}

Operand TanhParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::tanh}, x, made, out);
}

Operand SigmoidParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::sigmoid}, x, made, out);
}

Operand SiluParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::silu}, x, made, out);
}

Operand GeluParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  const auto kind = approximate == "tanh" ? Function::Kind::gelu_tanh : Function::Kind::gelu;
  return of_elements({kind}, x, made, out);
}

Operand LeakyReluParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::leaky_relu, slope}, x, made, out);
}

Operand EluParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::elu, alpha}, x, made, out);
}

Operand SeluParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::selu}, x, made, out);
}

Operand SoftplusParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::softplus, beta}, x, made, out);
}

Operand MishParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::mish}, x, made, out);
}

Operand HardswishParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return of_elements({Function::Kind::hardswish}, x, made, out);
}

// Nothing is dropped in evaluation.
Operand DropoutParams::compute(const Operand& x, const Shape&, Computation&) const { return x; }
Operand Dropout2dParams::compute(const Operand& x, const Shape&, Computation&) const { return x; }

Operand LinearParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  if (tied.empty()) return out.add_with(operation::Linear{}, {x}, {"weight", "bias"}, made);
  return out.add_with(operation::Linear{}, {x, out.weight_of_model(tied_weight())}, {"bias"}, made);
}

Operand BatchNormParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add_with(operation::BatchNorm{eps}, {x}, {"running_mean", "running_var", "weight", "bias"},
                      made);
}

Operand LayerNormParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add_with(operation::LayerNorm{axes, eps}, {x}, {"weight", "bias"}, made);
}

Operand RmsNormParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add_with(operation::RmsNorm{axes, eps}, {x}, {"weight"}, made);
}

Operand GroupNormParams::compute(const Operand& x, const Shape& made, Computation& out) const {
  return out.add_with(operation::GroupNorm{groups, eps}, {x}, {"weight", "bias"}, made);
}

}  // namespace assay::layers
