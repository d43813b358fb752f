// ONNX, written without its library: a graph of nodes, each an operator of operator set 17 on named values.
// Source: onnx.proto of ONNX 1.12 for numbers of fields, docs/Operators.md for operators.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/export/model_file.h"
#include "runner/export/protobuf.h"

namespace assay::exports {
namespace {

constexpr std::int64_t ir_version = 8;
constexpr std::int64_t operator_set = 17;
constexpr std::uint64_t largest_file = (std::uint64_t{1} << 31U) - 1;  // of a protobuf message

std::int64_t element_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return 1;
    case Dtype::u8:
      return 2;
    case Dtype::i8:
      return 3;
    case Dtype::i16:
      return 5;
    case Dtype::i32:
      return 6;
    case Dtype::i64:
      return 7;
    case Dtype::boolean:
      return 9;
    case Dtype::f16:
      return 10;
    case Dtype::f64:
      return 11;
    case Dtype::bf16:
      return 16;
  }
  ASSAY_ASSERT(false);
}

// ---- Attributes of nodes.

using Attributes = std::vector<Message>;

Message attribute(std::string_view name, std::int64_t type) {
  Message out;
  out.text(1, name);
  out.integer(20, type);
  return out;
}

Message real(std::string_view name, double value) {
  Message out = attribute(name, 1);
  out.real(2, static_cast<float>(value));
  return out;
}

Message integer(std::string_view name, std::int64_t value) {
  Message out = attribute(name, 2);
  out.integer(3, value);
  return out;
}

Message word(std::string_view name, std::string_view value) {
  Message out = attribute(name, 3);
  out.text(4, value);
  return out;
}

Message integers(std::string_view name, const std::vector<std::int64_t>& values) {
  Message out = attribute(name, 7);
  for (const std::int64_t value : values) out.integer(8, value);
  return out;
}

Message words(std::string_view name, const std::vector<std::string>& values) {
  Message out = attribute(name, 8);
  for (const std::string& value : values) out.text(9, value);
  return out;
}

// ---- Tensors.

/// All of a TensorProto but its bytes, which follow.
Message tensor_head(std::string_view name, Dtype dtype, const std::vector<std::int64_t>& shape,
                    std::uint64_t bytes) {
  Message out;
  for (const std::int64_t size : shape) out.integer(1, size);
  out.integer(2, element_type(dtype));
  out.text(8, name);
  out.begin(9, bytes);
  return out;
}

std::string_view bytes_of(const Array& values) {
  return {reinterpret_cast<const char*>(values.data()), values.bytes()};
}

/// An input or output of a graph, with a batch of any size in front.
Message value_info(std::string_view name, const Shape& shape) {
  Message sizes;
  Message batch;
  batch.text(2, "batch");
  sizes.message(1, batch);
  for (const std::int64_t size : shape.sizes) {
    Message one;
    one.integer(1, size);
    sizes.message(1, one);
  }
  Message tensor;
  tensor.integer(1, element_type(shape.dtype));
  tensor.message(2, sizes);
  Message type;
  type.message(1, tensor);
  Message out;
  out.text(1, name);
  out.message(2, type);
  return out;
}

/// Nodes for every step of a computation.
class Graph {
 public:
  explicit Graph(const Computation& computation) : steps_(computation.steps()) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      current_ = i;
      std::visit([&](const auto& operation) { values_.push_back(say(operation)); }, steps_[i].operation);
    }
    current_ = computation.output();
    Message node;
    node.text(1, values_[computation.output()]);
    node.text(2, output_name);
    node.text(4, "Identity");
    body_.message(1, node);
    body_.text(2, "assay");
    for (const std::string& input : inputs_) body_.text(11, input);
    body_.message(12, value_info(output_name, step().shape));
  }

  /// A GraphProto but for the weights.
  const std::string& body() const { return body_.bytes(); }
  /// Names of the tensors that it uses.
  const std::vector<std::string>& weights() const { return weights_; }

 private:
  using Values = std::vector<std::string>;

  const ComputationStep& step() const { return steps_[current_]; }
  const std::string& in(std::size_t i) const { return values_[step().inputs[i]]; }
  const Shape& shape_in(std::size_t i) const { return steps_[step().inputs[i]].shape; }
  std::size_t n_in() const { return step().inputs.size(); }
  const Shape& made() const { return step().shape; }
  Values all_in() const {
    Values values;
    for (const std::size_t input : step().inputs) values.push_back(values_[input]);
    return values;
  }
  /// Where an axis of a sample is.
  std::int64_t placed(std::int64_t axis) const { return axis + (step().is_batched ? 1 : 0); }
  /// The shape, whatever the size of the batch is.
  std::vector<std::int64_t> with_batch(const std::vector<std::int64_t>& sizes) const {
    std::vector<std::int64_t> all = sizes;
    all.insert(all.begin(), -1);
    return all;
  }

  /// Adds a node and returns the name of what it gives.
  std::string node(std::string_view type, const Values& inputs, const Attributes& attributes = {}) {
    return nodes(type, inputs, attributes, 1).front();
  }

  Values nodes(std::string_view type, const Values& inputs, const Attributes& attributes,
               std::size_t outputs) {
    Message out;
    Values given;
    for (const std::string& input : inputs) out.text(1, input);
    for (std::size_t i = 0; i < outputs; ++i) {
      given.push_back(fresh());
      out.text(2, given.back());
    }
    out.text(3, text(step().place, '/', type, '_', n_values_));
    out.text(4, type);
    for (const Message& attribute : attributes) out.message(5, attribute);
    body_.message(1, out);
    return given;
  }

  // No tensor has a slash in its name.
  std::string fresh() { return text(step().place, "/", ++n_values_); }

  std::string constant(const Array& values) {
    std::string name = fresh();
    std::string tensor = tensor_head(name, values.dtype(), values.shape(), values.bytes()).bytes();
    body_.text(5, tensor.append(bytes_of(values)));
    return name;
  }
  std::string number(float value) { return constant(Array::of(std::vector{value}).reshaped({})); }
  std::string list(const std::vector<std::int64_t>& values) { return constant(Array::of(values)); }
  std::string filled(std::int64_t count, float value) {
    return constant(Array::of(std::vector<float>(static_cast<std::size_t>(count), value)));
  }
  std::string reshaped(const std::string& value, const std::vector<std::int64_t>& sizes) {
    return node("Reshape", {value, list(sizes)});
  }

  // ---- What each operation is.

  std::string say(const operation::Input& input) {
    const bool is_taken = input.name == output_name || std::ranges::any_of(steps_, [&](const auto& other) {
                            const auto* weight = std::get_if<operation::Weight>(&other.operation);
                            return weight != nullptr && weight->name == input.name;
                          });
    std::string name = is_taken ? input.name + "_input" : input.name;
    inputs_.push_back(value_info(name, made()).bytes());
    return name;
  }

  std::string say(const operation::Weight& weight) {
    weights_.push_back(weight.name);
    return weight.name;
  }

  std::string say(const operation::Constant& held) { return constant(held.values); }

  std::string say(const operation::Linear&) {
    if (made().sizes.size() == 1) return node("Gemm", all_in(), {integer("transB", 1)});
    const std::string product =
        node("MatMul", {in(0), node("Transpose", {in(1)}, {integers("perm", {1, 0})})});
    return n_in() > 2 ? node("Add", {product, in(2)}) : product;
  }

  std::string say(const operation::Convolution& o) {
    const std::size_t axes = made().sizes.size() - 1;
    std::vector<std::int64_t> pads(axes, o.before);
    pads.resize(2 * axes, o.after);
    return node("Conv", all_in(),
                {integers("strides", std::vector(axes, o.stride)), integers("pads", pads),
                 integers("dilations", std::vector(axes, o.dilation)), integer("group", o.groups)});
  }

  std::string say(const operation::Embedding&) {
    const std::string places = shape_in(0).dtype == Dtype::i64
                                   ? in(0)
                                   : node("Cast", {in(0)}, {integer("to", element_type(Dtype::i64))});
    return node("Gather", {in(1), places}, {integer("axis", 0)});
  }

  std::string say(const operation::Attention& o) {
    const std::int64_t time = made().sizes[1], features = made().sizes[2];
    const float scale = 1 / std::sqrt(static_cast<float>(features));
    const std::string turned = node("Transpose", {in(1)}, {integers("perm", {0, 1, 3, 2})});
    std::string logits = node("MatMul", {node("Mul", {in(0), number(scale)}), turned});
    if (o.is_causal) logits = node("Add", {logits, later_places(time)});
    return node("MatMul", {node("Softmax", {logits}, {integer("axis", -1)}), in(2)});
  }

  /// [time, time]: minus infinity where the key is later than the query, else 0. One for all layers.
  const std::string& later_places(std::int64_t time) {
    std::string& name = later_places_[time];
    if (!name.empty()) return name;
    Array mask(Dtype::f32, {time, time});
    for (std::int64_t i = 0; i < time * time; ++i) {
      mask.as<float>()[i] = i % time > i / time ? -std::numeric_limits<float>::infinity() : 0;
    }
    return name = constant(mask);
  }

  // ONNX wants time in front, and the gates of LSTM as input, output, forget, cell; of GRU as update, reset,
  // new.
  std::string say(const operation::Recurrent& o) {
    using Cell = operation::Recurrent::Cell;
    const std::vector<std::int64_t> gates = o.cell == Cell::lstm  ? std::vector<std::int64_t>{0, 3, 1, 2}
                                            : o.cell == Cell::gru ? std::vector<std::int64_t>{1, 0, 2}
                                                                  : std::vector<std::int64_t>{0};
    const std::string rows = list(rows_of(gates, o.units));
    Values inputs{node("Transpose", {in(0)}, {integers("perm", {1, 0, 2})}), of_directions(o, 0, rows),
                  of_directions(o, 1, rows)};
    if (o.has_bias) inputs.push_back(biases(o, rows));
    Attributes attributes{integer("hidden_size", o.units),
                          word("direction", o.directions == 2 ? "bidirectional" : "forward")};
    if (o.cell == Cell::gru) attributes.push_back(integer("linear_before_reset", 1));
    if (o.cell == Cell::rnn_tanh || o.cell == Cell::rnn_relu) {
      const std::vector<std::string> names(static_cast<std::size_t>(o.directions),
                                           o.cell == Cell::rnn_tanh ? "Tanh" : "Relu");
      attributes.push_back(words("activations", names));
    }
    const char* type = o.cell == Cell::lstm ? "LSTM" : o.cell == Cell::gru ? "GRU" : "RNN";
    const Values given = nodes(type, inputs, attributes, 2);
    const std::string batch_first = o.gives_last
                                        ? node("Transpose", {given[1]}, {integers("perm", {1, 0, 2})})
                                        : node("Transpose", {given[0]}, {integers("perm", {2, 0, 1, 3})});
    return reshaped(batch_first, with_batch(made().sizes));
  }

  static std::vector<std::int64_t> rows_of(const std::vector<std::int64_t>& gates, std::int64_t units) {
    std::vector<std::int64_t> rows;
    for (const std::int64_t gate : gates) {
      for (std::int64_t unit = 0; unit < units; ++unit) rows.push_back(gate * units + unit);
    }
    return rows;
  }

  std::size_t weight_of(const operation::Recurrent& o, std::int64_t direction, std::size_t which) const {
    return 1 + static_cast<std::size_t>(direction) * (o.has_bias ? 4 : 2) + which;
  }

  std::string reordered(const std::string& weight, const std::string& rows) {
    return node("Gather", {weight, rows}, {integer("axis", 0)});
  }

  /// The weights of the input (0) or the state (1): [directions, rows, columns].
  std::string of_directions(const operation::Recurrent& o, std::size_t which, const std::string& rows) {
    Values parts;
    for (std::int64_t direction = 0; direction < o.directions; ++direction) {
      const std::string weight = reordered(in(weight_of(o, direction, which)), rows);
      parts.push_back(node("Unsqueeze", {weight, list({0})}));
    }
    return node("Concat", parts, {integer("axis", 0)});
  }

  /// [directions, 2 rows]
  std::string biases(const operation::Recurrent& o, const std::string& rows) {
    Values parts;
    for (std::int64_t direction = 0; direction < o.directions; ++direction) {
      const std::string both = node(
          "Concat",
          {reordered(in(weight_of(o, direction, 2)), rows), reordered(in(weight_of(o, direction, 3)), rows)},
          {integer("axis", 0)});
      parts.push_back(node("Unsqueeze", {both, list({0})}));
    }
    return node("Concat", parts, {integer("axis", 0)});
  }

  std::string say(const operation::BatchNorm& o) {
    const std::int64_t channels = made().sizes[0];
    const bool is_affine = n_in() > 3;
    return node("BatchNormalization",
                {in(0), is_affine ? in(3) : filled(channels, 1), is_affine ? in(4) : filled(channels, 0),
                 in(1), in(2)},
                {real("epsilon", o.eps)});
  }

  std::string say(const operation::LayerNorm& o) {
    Values inputs = all_in();
    if (n_in() == 1) {
      const std::vector<std::int64_t> axes(made().sizes.end() - o.axes, made().sizes.end());
      const std::int64_t count = element_count(axes);
      inputs.push_back(reshaped(filled(count, 1), axes));
    }
    return node("LayerNormalization", inputs, {integer("axis", -o.axes), real("epsilon", o.eps)});
  }

  std::string say(const operation::RmsNorm& o) {
    std::vector<std::int64_t> axes(static_cast<std::size_t>(o.axes));
    std::iota(axes.begin(), axes.end(), -o.axes);
    const std::string mean =
        node("ReduceMean", {node("Mul", {in(0), in(0)})}, {integers("axes", axes), integer("keepdims", 1)});
    const std::string size = node("Sqrt", {node("Add", {mean, number(static_cast<float>(o.eps))})});
    const std::string normed = node("Div", {in(0), size});
    return n_in() > 1 ? node("Mul", {normed, in(1)}) : normed;
  }

  // That of ONNX came later, so it is instance normalisation of each group as one channel.
  std::string say(const operation::GroupNorm& o) {
    const std::string grouped = reshaped(in(0), {0, o.groups, -1});
    const std::string normed =
        node("InstanceNormalization", {grouped, filled(o.groups, 1), filled(o.groups, 0)},
             {real("epsilon", o.eps)});
    const std::string back = reshaped(normed, with_batch(made().sizes));
    if (n_in() == 1) return back;
    std::vector<std::int64_t> of_channels(made().sizes.size(), 1);
    of_channels[0] = made().sizes[0];
    return node("Add", {node("Mul", {back, reshaped(in(1), of_channels)}), reshaped(in(2), of_channels)});
  }

  std::string say(const operation::Function& o) {
    using Kind = operation::Function::Kind;
    const std::string& x = in(0);
    switch (o.kind) {
      case Kind::relu:
        return node("Relu", {x});
      case Kind::tanh:
        return node("Tanh", {x});
      case Kind::sigmoid:
        return node("Sigmoid", {x});
      case Kind::silu:
        return node("Mul", {x, node("Sigmoid", {x})});
      case Kind::gelu:
        return gelu(x, node("Erf", {node("Mul", {x, number(std::sqrt(0.5F))})}));
      case Kind::gelu_tanh:
        return gelu(x, node("Tanh", {inside_gelu_tanh(x)}));
      case Kind::leaky_relu:
        return node("LeakyRelu", {x}, {real("alpha", o.parameter)});
      case Kind::elu:
        return node("Elu", {x}, {real("alpha", o.parameter)});
      case Kind::selu:
        return node("Selu", {x});
      case Kind::softplus: {
        const std::string beta = number(static_cast<float>(o.parameter));
        return node("Div", {node("Softplus", {node("Mul", {x, beta})}), beta});
      }
      case Kind::mish:
        return node("Mul", {x, node("Tanh", {node("Softplus", {x})})});
      case Kind::hardswish:
        return node("HardSwish", {x});
    }
    ASSAY_ASSERT(false);
  }

  /// 0.5 x (1 + inner)
  std::string gelu(const std::string& x, const std::string& inner) {
    return node("Mul", {node("Mul", {x, number(0.5F)}), node("Add", {inner, number(1)})});
  }
  /// sqrt(2 / pi) (x + 0.044715 x^3)
  std::string inside_gelu_tanh(const std::string& x) {
    const std::string cube = node("Mul", {node("Mul", {x, x}), x});
    const std::string sum = node("Add", {x, node("Mul", {cube, number(0.044715F)})});
    return node("Mul", {sum, number(0.7978845608F)});
  }

  std::string say(const operation::Pool& o) {
    const std::size_t axes = made().sizes.size() - 1;
    Attributes attributes{integers("kernel_shape", std::vector(axes, o.kernel)),
                          integers("strides", std::vector(axes, o.stride)),
                          integers("pads", std::vector(2 * axes, o.padding))};
    if (o.is_max) return node("MaxPool", {in(0)}, attributes);
    attributes.push_back(integer("count_include_pad", 1));
    return node("AveragePool", {in(0)}, attributes);
  }

  // Windows of several sizes are a product with a matrix of means for each axis.
  std::string say(const operation::AdaptiveAveragePool&) {
    const std::vector<std::int64_t>& from = shape_in(0).sizes;
    const std::vector<std::int64_t>& to = made().sizes;
    if (from[1] % to[1] == 0 && from[2] % to[2] == 0) {
      const std::vector<std::int64_t> window{from[1] / to[1], from[2] / to[2]};
      return node("AveragePool", {in(0)}, {integers("kernel_shape", window), integers("strides", window)});
    }
    const std::string rows = node("MatMul", {constant(means(from[1], to[1])), in(0)});
    const std::string columns =
        node("Transpose", {constant(means(from[2], to[2]))}, {integers("perm", {1, 0})});
    return node("MatMul", {rows, columns});
  }

  /// [to, from]: each row is the mean over a window. Source: torch.nn.AdaptiveAvgPool2d.
  static Array means(std::int64_t from, std::int64_t to) {
    Array matrix(Dtype::f32, {to, from});
    for (std::int64_t row = 0; row < to; ++row) {
      const std::int64_t begin = row * from / to, end = ((row + 1) * from + to - 1) / to;
      for (std::int64_t place = 0; place < from; ++place) {
        const bool is_inside = place >= begin && place < end;
        matrix.as<float>()[row * from + place] = is_inside ? 1 / static_cast<float>(end - begin) : 0;
      }
    }
    return matrix;
  }

  std::string say(const operation::Reshape&) { return reshaped(in(0), with_batch(made().sizes)); }

  std::string say(const operation::Permute& o) {
    std::vector<std::int64_t> order{0};
    for (const std::int64_t axis : o.order) order.push_back(axis + 1);
    return node("Transpose", {in(0)}, {integers("perm", order)});
  }

  std::string say(const operation::Select& o) {
    const std::string place = constant(Array::of(std::vector{o.index}).reshaped({}));
    return node("Gather", {in(0), place}, {integer("axis", placed(o.axis))});
  }

  std::string say(const operation::First& o) {
    return node("Slice", {in(0), list({0}), list({o.count}), list({0})});
  }

  std::string say(const operation::Mean& o) {
    std::vector<std::int64_t> axes;
    for (const std::int64_t axis : o.axes) axes.push_back(placed(axis));
    return node("ReduceMean", {in(0)}, {integers("axes", axes), integer("keepdims", 0)});
  }

  std::string say(const operation::Pad& o) {
    const std::size_t rank = made().sizes.size() + 1;
    std::vector<std::int64_t> pads(2 * rank, 0);
    pads[static_cast<std::size_t>(placed(o.axis))] = o.before;
    pads[rank + static_cast<std::size_t>(placed(o.axis))] = o.after;
    return node("Pad", {in(0), list(pads)});
  }

  std::string say(const operation::Upsample& o) {
    const auto factor = static_cast<float>(o.factor);
    const std::string scales = constant(Array::of(std::vector<float>{1, 1, factor, factor}));
    if (o.is_bilinear) return node("Resize", {in(0), "", scales}, {word("mode", "linear")});
    return node("Resize", {in(0), "", scales},
                {word("mode", "nearest"), word("coordinate_transformation_mode", "asymmetric"),
                 word("nearest_mode", "floor")});
  }

  std::string say(const operation::Add&) { return node("Add", all_in()); }
  std::string say(const operation::Multiply&) { return node("Mul", all_in()); }
  std::string say(const operation::Concat& o) {
    return node("Concat", all_in(), {integer("axis", placed(o.axis))});
  }

  const std::vector<ComputationStep>& steps_;
  std::size_t current_ = 0;
  Values values_;  // of each step
  std::size_t n_values_ = 0;
  Message body_;
  Values inputs_;  // as ValueInfoProto
  Values weights_;
  std::map<std::int64_t, std::string> later_places_;
};

Message metadata(std::string_view key, std::string_view value) {
  Message out;
  out.text(1, key);
  out.text(2, value);
  return out;
}

/// A ModelProto but for its graph.
Message model_head(const Json& notes) {
  Message opset;
  opset.text(1, "");
  opset.integer(2, operator_set);
  Message out;
  out.integer(1, ir_version);
  out.text(2, "assay");
  out.message(8, opset);
  for (const auto& [key, value] : notes.entries()) {
    out.message(14, metadata(key, value.is_text() ? value.text() : to_text(value)));
  }
  return out;
}

[[noreturn]] void fail_too_large(const std::string& path, std::uint64_t bytes) {
  throw Error(Kind::data, Problem{Where::path(path),
                                  {},
                                  text("would be ", bytes_text(bytes), ", an ONNX file holds 2 GiB"),
                                  "export it --to torchscript; nothing was written"});
}

}  // namespace

void write_onnx(const std::string& path, const ModelToWrite& model) {
  const Graph graph(model.computation);
  Message head = model_head(model.notes);
  std::vector<std::pair<const NamedTensor*, std::string>> weights;  // with what stands before their bytes
  std::uint64_t graph_bytes = graph.body().size();
  for (const std::string& name : graph.weights()) {
    const NamedTensor& tensor = tensor_named(model, name);
    const std::string tensor_bytes = tensor_head(name, tensor.dtype, tensor.shape, tensor.bytes()).bytes();
    Message field;
    field.begin(5, tensor_bytes.size() + tensor.bytes());
    weights.emplace_back(&tensor, field.bytes() + tensor_bytes);
    graph_bytes += weights.back().second.size() + tensor.bytes();
  }
  head.begin(7, graph_bytes);
  const std::uint64_t bytes = head.bytes().size() + graph_bytes;
  if (bytes > largest_file) fail_too_large(path, bytes);
  AsideFile out(path, bytes);
  out.reserve();
  out.write(head.bytes());
  out.write(graph.body());
  for (const auto& [tensor, before] : weights) {
    out.write(before);
    tensor->stream([&](std::string_view piece) { out.write(piece); });
  }
  out.put();
}

}  // namespace assay::exports
