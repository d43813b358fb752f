// Shapes without LibTorch. Beside its parameters every layer and model declares a shape function: from input
// shapes to output shape, and the name and shape of every parameter and buffer. They let `check` find a
// mismatch in milliseconds, give the layer table and the parameter count, and tell layers their input sizes.
// The family suites compare them with real forwards.
//
//   struct LinearParams {
//     std::int64_t units = 0;
//     Shape outline(const Shape& in, Outline& out) const {
//       if (in.sizes.size() != 1) out.fail(text("expects [features], gets ", in), "put `flatten` before it");
//       out.parameter("weight", {units, in.sizes[0]});
//       return {{units}, in.dtype};
//     }
//     ...
//
// Shapes are of one sample: there is no batch axis.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"
#include "core/error.h"
#include "registry/contracts/task.h"
#include "registry/slot.h"

namespace assay {

class Computation;
class Layer;
class Outline;
struct Operand;

struct Shape {
  std::vector<std::int64_t> sizes;
  Dtype dtype = Dtype::f32;
  bool operator==(const Shape&) const = default;
};

std::string to_string(const Shape& shape);  // "[1, 28, 28]", "[64] i64"

struct NamedShape {
  std::string name;
  Shape shape;
};

struct TensorOutline {
  std::string name;  // dotted, PyTorch style: "layers.0.weight"
  std::vector<std::int64_t> shape;
  Dtype dtype = Dtype::f32;
  bool is_buffer = false;  // kept in checkpoints, not trained
};

/// A line of the layer table.
struct LayerRow {
  std::string name;  // dotted
  std::string type;  // empty: tensors that a model holds outside of its layers; these have no shapes
  Shape input;
  Shape output;
  std::int64_t parameters = 0;  // numbers in those of it and of the layers in it
  std::size_t depth = 0;        // in how many other layers it is
};

/// What every model is told before it is built.
struct ModelFacts {
  Task task;
  std::vector<NamedShape> inputs;       // of one sample, after the transforms
  std::int64_t outputs_per_target = 1;  // what the loss asks for: a mean and a variance are 2
  /// The number of scores a model ends in: classes, targets or vocabulary, times what the loss asks for.
  std::int64_t outputs() const { return task.outputs * outputs_per_target; }
};

/// What a shape function writes down.
class Outline {
 public:
  explicit Outline(const ModelFacts& facts) : facts_(facts) {}

  const ModelFacts& facts() const { return facts_; }
  void parameter(std::string_view name, std::vector<std::int64_t> shape);
  void buffer(std::string_view name, std::vector<std::int64_t> shape, Dtype dtype = Dtype::f32);
  /// Says that the component draws random numbers while training, as dropout does.
  void random() { is_random_ = true; }
  bool is_random() const { return is_random_; }
  /// Says that the component uses a parameter of another one, of this name in the model. outline_model fails
  /// at the component's place if there is none, or of another shape.
  void shared_parameter(std::string_view name, std::vector<std::int64_t> shape);
  /// Applies a nested layer's shape function; its tensors are named `name.…`. Adds a row to the table.
  Shape layer(std::string_view name, const Slot<Layer>& slot, std::span<const Shape> inputs);
  Shape layer(std::string_view name, const Slot<Layer>& slot, const Shape& input);
  /// A part that a model makes by itself, not from a slot: `body` writes down its tensors, which are named
  /// `name.…`, and returns the output's shape. Adds a row to the table.
  ///   out.part("layers.0", "linear", in, [&] { out.parameter("weight", {8, 4}); return Shape{{8}}; });
  Shape part(std::string_view name, std::string_view type, const Shape& input,
             const std::function<Shape()>& body);
  /// Tensors written inside `body` are named `name.…`.
  void scope(std::string_view name, const std::function<void()>& body);

  /// The input does not fit: throws Error(Kind::config) at the place of the component being outlined.
  [[noreturn]] void fail(std::string message, std::string hint = {}) const;

  const std::vector<TensorOutline>& tensors() const { return tensors_; }
  const std::vector<LayerRow>& rows() const { return rows_; }
  std::int64_t parameter_count() const;

 private:
  friend Shape outline_model(const SlotBase& model, const ModelFacts& facts, Outline& out);
  std::string full_name(std::string_view name) const;
  void add(TensorOutline tensor);
  void count(const TensorOutline& tensor);
  void check_shared();

  struct Shared {
    const SlotBase* user;
    std::string name;
    std::vector<std::int64_t> shape;
  };

  const ModelFacts& facts_;
  std::string prefix_;                 // "layers.0." or empty
  const SlotBase* current_ = nullptr;  // whose shape function runs
  std::vector<TensorOutline> tensors_;
  std::vector<Shared> shared_;
  bool is_random_ = false;
  std::vector<LayerRow> rows_;
  std::vector<std::size_t> open_rows_;  // of the layers whose bodies run, the outermost first
};

/// Runs a bound model's shape function and checks that it ends in facts.outputs() scores. Throws
/// Error(Kind::config) with the place of the layer that does not fit. Models without a shape function: throws
/// Kind::registry.
Shape outline_model(const SlotBase& model, const ModelFacts& facts, Outline& out);

/// What a layer's declaration carries (ComponentInfo::facet).
struct LayerFacet {
  std::function<Shape(const void* params, std::span<const Shape> inputs, Outline&)> outline;
  /// What it makes of its inputs in evaluation (registry/contracts/computation.h): `made` is what `outline`
  /// says comes out. Null: it does not say.
  Operand (*compute)(const void* params, std::span<const Operand> inputs, const Shape& made,
                     Computation&) = nullptr;
};

/// What a model's declaration carries. Its outline gets the inputs from Outline::facts.
struct ModelFacet {
  std::function<Shape(const void* params, Outline&)> outline;
  /// As of a layer; its inputs are Computation::inputs().
  Operand (*compute)(const void* params, const Shape& made, Computation&) = nullptr;
};

}  // namespace assay
