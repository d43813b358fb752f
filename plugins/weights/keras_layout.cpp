#include "plugins/weights/keras_layout.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <utility>

#include "core/text.h"
#include "plugins/weights/bytes_of.h"

namespace assay::weights {
namespace {

/// What a number of one axis is called on both sides, where nothing moves.
struct Plain {
  std::string_view role;
  std::string_view leaf;
};

constexpr std::array<Plain, 6> plain_roles = {{{"bias", "bias"},
                                               {"gamma", "weight"},
                                               {"beta", "bias"},
                                               {"moving_mean", "running_mean"},
                                               {"moving_variance", "running_var"},
                                               {"embeddings", "weight"}}};

std::int64_t product(const std::vector<std::int64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

/// The whole array with its axes in another order.
Block permuted(const std::vector<std::int64_t>& shape, const std::vector<std::size_t>& axes) {
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  Block block;
  for (const std::size_t axis : axes) {
    block.shape.push_back(shape[axis]);
    block.strides.push_back(strides[axis]);
  }
  return block;
}

class Layout {
 public:
  Layout(const KerasLayer& layer, const Flattened& flattened, const std::string& path)
      : layer_(layer), flattened_(flattened), path_(path) {}

  std::vector<KerasTensor> run() {
    if (layer_.is_of_type("transpose")) refuse_layer("is a transposed convolution");
    if (layer_.is_recurrent) {
      recurrent();
    } else {
      for (const KerasVariable& variable : layer_.variables) plain(variable);
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse_layer(const std::string& what) const {
    refuse(path_, text("layer ", printable(layer_.name), ' ', what),
           "assay has no layer that computes the same");
  }

  void add(const KerasVariable& variable, std::string_view leaf, std::vector<std::int64_t> shape,
           std::vector<Block> blocks) {
    out_.push_back({text(layer_.name, '.', leaf),
                    variable.dtype,
                    std::move(shape),
                    variable.path,
                    std::move(blocks),
                    {}});
  }

  void plain(const KerasVariable& variable) {
    const bool is_kernel = variable.role == "kernel" || variable.role == "depthwise_kernel";
    if (is_kernel && layer_.is_of_type("depthwise")) return depthwise(variable);
    if (is_kernel) return kernel(variable);
    const auto* known = std::ranges::find(plain_roles, variable.role, &Plain::role);
    if (known == plain_roles.end())
      refuse_layer(text("has a ", printable(variable.role), ", which is not known"));
    add(variable, known->leaf, variable.shape, {{0, variable.shape, row_major_strides(variable.shape)}});
  }

  /// [inputs, units] of a dense layer, [..., inputs, filters] of a convolution.
  void kernel(const KerasVariable& variable) {
    const std::vector<std::int64_t>& shape = variable.shape;
    if (shape.size() < 2) refuse_layer("has a kernel of less than two axes");
    const auto flattened = flattened_.find(layer_.name);
    if (shape.size() == 2 && flattened != flattened_.end())
      return behind_flatten(variable, flattened->second);
    std::vector<std::size_t> axes = {shape.size() - 1, shape.size() - 2};
    for (std::size_t axis = 0; axis + 2 < shape.size(); ++axis) axes.push_back(axis);
    const Block block = permuted(shape, axes);
    add(variable, "weight", block.shape, {block});
  }

  /// Inputs that Keras counts as [height, width, channels] are [channels, height, width] here.
  void behind_flatten(const KerasVariable& variable, const std::vector<std::int64_t>& sizes) {
    const std::int64_t inputs = variable.shape[0], units = variable.shape[1];
    if (sizes.empty() || product(sizes) != inputs)
      refuse_layer(text("takes ", inputs, " values, which are not those of ", shape_text(sizes)));
    std::vector<std::int64_t> shape = sizes;
    shape.push_back(units);
    std::vector<std::size_t> axes = {shape.size() - 1, shape.size() - 2};
    for (std::size_t axis = 0; axis + 2 < shape.size(); ++axis) axes.push_back(axis);
    add(variable, "weight", {units, inputs}, {permuted(shape, axes)});
  }

  /// [height, width, channels, multiplier] -> [channels * multiplier, 1, height, width].
  void depthwise(const KerasVariable& variable) {
    const std::vector<std::int64_t>& shape = variable.shape;
    if (shape.size() != 4) refuse_layer("has a depthwise kernel of other than four axes");
    add(variable, "weight", {shape[2] * shape[3], 1, shape[0], shape[1]}, {permuted(shape, {2, 3, 0, 1})});
  }

  // ---- Recurrent: [inputs, gates * units], [units, gates * units], and a bias.

  const KerasVariable* find(std::string_view role) const {
    const auto found = std::ranges::find(layer_.variables, role, &KerasVariable::role);
    return found == layer_.variables.end() ? nullptr : &*found;
  }

  void recurrent() {
    const KerasVariable* input = find("kernel");
    const KerasVariable* state = find("recurrent_kernel");
    const bool are_matrices =
        input != nullptr && state != nullptr && input->shape.size() == 2 && state->shape.size() == 2;
    if (!are_matrices || state->shape[0] == 0 || state->shape[1] % state->shape[0] != 0)
      refuse_layer("is recurrent, and has not the arrays of a layer that is known");
    units_ = state->shape[0];
    gates_ = state->shape[1] / units_;
    if (gates_ != 1 && gates_ != 3 && gates_ != 4)
      refuse_layer(text("has ", gates_, " gates, which is neither an RNN, a GRU nor an LSTM"));
    add_matrix(*input, "weight_ih_l0");
    add_matrix(*state, "weight_hh_l0");
    if (const KerasVariable* bias = find("bias")) add_biases(*bias);
  }

  /// Keras's GRU has update, reset, new; PyTorch's reset, update, new. An LSTM's gates are in one order.
  std::vector<std::int64_t> gate_order() const {
    if (gates_ == 3) return {1, 0, 2};
    std::vector<std::int64_t> order(static_cast<std::size_t>(gates_));
    std::iota(order.begin(), order.end(), 0);
    return order;
  }

  void add_matrix(const KerasVariable& matrix, const std::string& leaf) {
    const std::int64_t rows = matrix.shape[0], columns = gates_ * units_;
    if (matrix.shape[1] != columns) refuse_layer("has matrices of different numbers of gates");
    std::vector<Block> blocks;
    for (const std::int64_t gate : gate_order())
      blocks.push_back({gate * units_, {units_, rows}, {1, columns}});
    add(matrix, leaf + layer_.suffix, {columns, rows}, std::move(blocks));
  }

  void add_biases(const KerasVariable& bias) {
    const std::int64_t columns = gates_ * units_;
    const bool has_two = bias.shape == std::vector<std::int64_t>{2, columns};
    if (!has_two && bias.shape != std::vector<std::int64_t>{columns})
      refuse_layer("has a bias of an unknown shape");
    if (gates_ == 3 && !has_two)
      refuse_layer("is a GRU whose reset gate acts before the product (reset_after=False)");
    add_bias(bias, "bias_ih_l0", 0);
    if (has_two) return add_bias(bias, "bias_hh_l0", columns);
    out_.push_back(
        {text(layer_.name, ".bias_hh_l0", layer_.suffix), bias.dtype, {columns}, {}, {}, bias.path});
  }

  void add_bias(const KerasVariable& bias, const std::string& leaf, std::int64_t begin) {
    std::vector<Block> blocks;
    for (const std::int64_t gate : gate_order()) blocks.push_back({begin + gate * units_, {units_}, {1}});
    add(bias, leaf + layer_.suffix, {gates_ * units_}, std::move(blocks));
  }

  const KerasLayer& layer_;
  const Flattened& flattened_;
  const std::string& path_;
  std::int64_t units_ = 0;
  std::int64_t gates_ = 0;
  std::vector<KerasTensor> out_;
};

}  // namespace

bool KerasLayer::is_of_type(std::string_view word) const {
  std::string words = type.empty() ? name : type;
  std::ranges::transform(words, words.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return words.find(word) != std::string::npos;
}

std::vector<KerasTensor> tensors_of(const KerasLayer& layer, const Flattened& flattened,
                                    const std::string& path) {
  return Layout(layer, flattened, path).run();
}

}  // namespace assay::weights
