// What a model computes in evaluation, said without LibTorch: a list of operations, each on what earlier ones
// gave. Layers and models that declare `compute` beside their shape function are written down so, and
// exporters (runner/export) say the list in the words of another framework.
//
//   Operand LinearParams::compute(const Operand& x, const Shape& made, Computation& c) const {
//     return c.add(operation::Linear{}, {x, c.weight("weight"), c.weight("bias")}, made);
//   }
//
// Operations are few and those that frameworks share; their meaning is that of the PyTorch function of the
// same name. A layer that needs another one is made of several, or declares no `compute` and is not exported.
// Axes are those of one sample, from 0, as everywhere in shapes: the batch in front is not counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/array.h"
#include "registry/contracts/families.h"
#include "registry/contracts/shape.h"

namespace assay {

/// What an operation gives.
struct Operand {
  std::size_t step = 0;  // in Computation::steps()
  Shape shape;           // of one sample; of a weight or a constant all of it
};

namespace operation {

struct Input {
  std::string name;
};
/// A parameter or buffer, by its dotted name in the model.
struct Weight {
  std::string name;
};
/// f32.
struct Constant {
  Array values;
};

/// x [..., features], weight [units, features], and perhaps bias [units].
struct Linear {};
/// x [channels, ...], weight, and perhaps bias. Zeros before and after every axis but the first.
struct Convolution {
  std::int64_t stride = 1;
  std::int64_t before = 0;
  std::int64_t after = 0;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
};
/// x of integers, weight [tokens, units].
struct Embedding {};
/// query, key and value [heads, time, features of a head]: softmax(query key^T / sqrt(features)) value.
struct Attention {
  bool is_causal = false;
};
/// x [time, features]; then for each direction the weights of input and state, and both biases if it has any.
/// Gates are in PyTorch's order.
struct Recurrent {
  enum class Cell { rnn_tanh, rnn_relu, lstm, gru } cell = Cell::lstm;
  std::int64_t units = 1;
  std::int64_t directions = 1;
  bool has_bias = true;
  bool gives_last = false;  // the last states side by side, instead of all outputs
};

/// x [channels, ...], mean, variance, and perhaps weight and bias.
struct BatchNorm {
  double eps = 1e-5;
};
/// x, and perhaps weight and bias. Over the last `axes` axes.
struct LayerNorm {
  std::int64_t axes = 1;
  double eps = 1e-5;
};
/// x, and perhaps weight.
struct RmsNorm {
  std::int64_t axes = 1;
  double eps = 1e-6;
};
/// x [channels, ...], and perhaps weight and bias.
struct GroupNorm {
  std::int64_t groups = 1;
  double eps = 1e-5;
};

/// Of each element.
struct Function {
  enum class Kind {
    relu,
    tanh,
    sigmoid,
    silu,
    gelu,
    gelu_tanh,
    leaky_relu,
    elu,
    selu,
    softplus,
    mish,
    hardswish
  };
  Kind kind = Kind::relu;
  double parameter = 0;  // leaky_relu: slope, elu: alpha, softplus: beta
};

/// Over every axis but the first. Means count the padding's zeros.
struct Pool {
  bool is_max = true;
  std::int64_t kernel = 2;
  std::int64_t stride = 2;
  std::int64_t padding = 0;
};
struct AdaptiveAveragePool {};

struct Reshape {};
/// As of torch.permute.
struct Permute {
  std::vector<std::int64_t> order;
};
struct Select {
  std::int64_t axis = 0;
  std::int64_t index = 0;  // from 0
};
/// The first places of axis 0; of weights and constants.
struct First {
  std::int64_t count = 1;
};
/// The axes go away.
struct Mean {
  std::vector<std::int64_t> axes;
};
struct Pad {
  std::int64_t axis = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;
};
/// x [channels, height, width].
struct Upsample {
  std::int64_t factor = 2;
  bool is_bilinear = false;
};

/// Of two, whose axes of size 1 are stretched; leading ones may be missing in the second.
struct Add {};
struct Multiply {};
struct Concat {
  std::int64_t axis = 0;
};

}  // namespace operation

using Operation =
    std::variant<operation::Input, operation::Weight, operation::Constant, operation::Linear,
                 operation::Convolution, operation::Embedding, operation::Attention, operation::Recurrent,
                 operation::BatchNorm, operation::LayerNorm, operation::RmsNorm, operation::GroupNorm,
                 operation::Function, operation::Pool, operation::AdaptiveAveragePool, operation::Reshape,
                 operation::Permute, operation::Select, operation::First, operation::Mean, operation::Pad,
                 operation::Upsample, operation::Add, operation::Multiply, operation::Concat>;

struct ComputationStep {
  Operation operation;
  std::vector<std::size_t> inputs;  // earlier steps
  Shape shape;                      // as Operand::shape
  bool is_batched = true;           // false: made of weights and constants alone
  std::string place;                // dotted, of the layer; empty: of the model itself
};

/// A part of a model that cannot be said.
struct Unsayable {
  std::string place;      // dotted; empty: the model itself
  std::string component;  // "example/wide"
  std::string why;
};

class Computation {
 public:
  /// tensors: the model's, by its shape function. Both outlive it.
  Computation(const ModelFacts& facts, const std::vector<TensorOutline>& tensors);

  const ModelFacts& facts() const { return facts_; }
  /// One of each of facts().inputs.
  const std::vector<Operand>& inputs() const { return inputs_; }

  /// A parameter or buffer of the layer that is being written down.
  Operand weight(std::string_view name);
  /// One of any layer, by its full name.
  Operand weight_of_model(std::string_view name);
  Operand constant(Array values);
  /// made: what comes out.
  Operand add(Operation operation, std::initializer_list<Operand> inputs, Shape made);
  Operand add(Operation operation, std::span<const Operand> inputs, Shape made);
  /// As add, of as many weights of the layer as there are, by their names, behind `inputs`.
  Operand add_with(Operation operation, std::initializer_list<Operand> inputs,
                   const std::vector<std::string>& weights, Shape made);
  /// A nested layer, as Outline::layer. Where it declares no `compute` that is noted, and writing goes on.
  Operand layer(std::string_view name, const Slot<Layer>& slot, std::span<const Operand> inputs);
  Operand layer(std::string_view name, const Slot<Layer>& slot, const Operand& input);
  /// Layers of one input, one after the other, called `name.0`, `name.1`, ...
  Operand layers(std::string_view name, const std::vector<Slot<Layer>>& slots, Operand x);
  /// Weights used in `body` are those below `name`.
  Operand scope(std::string_view name, const std::function<Operand()>& body);

  const std::vector<ComputationStep>& steps() const { return steps_; }
  std::size_t output() const { return output_; }
  const std::vector<Unsayable>& unsayable() const { return unsayable_; }

 private:
  friend Computation compute_model(const SlotBase& model, const ModelFacts& facts,
                                   const std::vector<TensorOutline>& tensors);
  std::string place() const;
  /// Stands for what cannot be said.
  Operand unknown(std::string_view component, Shape made);

  const ModelFacts& facts_;
  const std::vector<TensorOutline>& tensors_;
  std::string prefix_;  // "layers.0." or empty
  std::vector<ComputationStep> steps_;
  std::vector<Operand> inputs_;
  std::map<std::string, Operand, std::less<>> weights_;  // that were used
  std::vector<Unsayable> unsayable_;
  std::size_t output_ = 0;
};

/// A bound model whose shapes were checked (outline_model). What of it cannot be said is in unsayable().
Computation compute_model(const SlotBase& model, const ModelFacts& facts,
                          const std::vector<TensorOutline>& tensors);

}  // namespace assay
