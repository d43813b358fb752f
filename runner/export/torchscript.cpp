// TorchScript, written without LibTorch: a zip file with the source of a module (code/__torch__.py), a pickle
// of its attributes (data.pkl) and their bytes. Source: torch/csrc/jit/docs/serialization.md of PyTorch.
//
// The module has the tensors in modules below one another, so that their names are those of the model, and
// one method, `forward`, a line for each operation.
#include <array>
#include <charconv>
#include <memory>
#include <string>
#include <utility>

#include "core/io/json_text.h"
#include "core/io/pickle_writer.h"
#include "core/io/zip_writer.h"
#include "core/text.h"
#include "runner/export/model_file.h"

namespace assay::exports {
namespace {

constexpr std::string_view archive_folder = "model/";
// Of the file format: operators mean what they do since PyTorch 1.12.
constexpr std::string_view format_version = "10\n";

/// A module, as far as it has tensors: `layers`, then `0` in it, with `weight` in that.
struct ScriptModule {
  std::string type;  // "Part3"
  std::vector<std::pair<std::string, const TensorOutline*>> tensors;
  std::vector<std::pair<std::string, std::unique_ptr<ScriptModule>>> children;

  ScriptModule& child(const std::string& name, std::size_t& n_types) {
    for (auto& [key, module] : children) {
      if (key == name) return *module;
    }
    children.emplace_back(name, std::make_unique<ScriptModule>());
    children.back().second->type = text("Part", ++n_types);
    return *children.back().second;
  }
};

ScriptModule module_of(const std::vector<TensorOutline>& outlines) {
  ScriptModule root;
  root.type = "Model";
  std::size_t n_types = 0;
  for (const TensorOutline& tensor : outlines) {
    ScriptModule* owner = &root;
    std::vector<std::string> names = split(tensor.name, '.');
    for (std::size_t i = 0; i + 1 < names.size(); ++i) owner = &owner->child(names[i], n_types);
    owner->tensors.emplace_back(names.back(), &tensor);
  }
  return root;
}

// ---- The source.

/// A number that reads as a float, to the last bit.
std::string float_text(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  std::string out(digits.data(), end);
  return out.find_first_of(".e") == std::string::npos ? out + "." : out;
}

std::string list_text(const std::vector<std::int64_t>& values) {
  std::vector<std::string> words;
  for (const std::int64_t value : values) words.push_back(text(value));
  return text('[', join(words, ", "), ']');
}

/// The lines of `forward`.
class ForwardSource {
 public:
  explicit ForwardSource(const Computation& computation) : steps_(computation.steps()) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      current_ = i;
      std::visit([&](const auto& operation) { write(operation); }, steps_[i].operation);
    }
    lines_ += text("    return ", value(computation.output()), '\n');
  }

  const std::string& lines() const { return lines_; }
  std::string arguments() const {
    std::string out;
    for (const std::string& name : inputs_) out += text(",\n    ", name, ": Tensor");
    return out;
  }
  /// CONSTANTS.c0 and so on.
  const std::vector<const Array*>& constants() const { return constants_; }

 private:
  using Words = std::vector<std::string>;

  const ComputationStep& step() const { return steps_[current_]; }
  const Shape& made() const { return step().shape; }
  static std::string value(std::size_t number) { return text('v', number); }
  std::string in(std::size_t i) const { return i < n_in() ? value(step().inputs[i]) : "None"; }
  std::size_t n_in() const { return step().inputs.size(); }
  std::int64_t placed(std::int64_t axis) const { return axis + (step().is_batched ? 1 : 0); }
  std::vector<std::int64_t> last_axes(std::int64_t count) const {
    return {made().sizes.end() - count, made().sizes.end()};
  }

  void assign(std::string_view expression) {
    lines_ += text("    ", value(current_), " = ", expression, '\n');
  }
  void call(std::string_view function, const Words& arguments) {
    assign(text("torch.", function, '(', join(arguments, ", "), ')'));
  }

  void write(const operation::Input&) {
    inputs_.push_back(text('x', inputs_.size()));
    assign(inputs_.back());
  }

  void write(const operation::Weight& weight) {
    std::string owner = "self";
    for (const std::string& name : split(weight.name, '.'))
      owner = text("getattr(", owner, ", \"", name, "\")");
    assign(owner);
  }

  // They are no attributes: a checkpoint has no such tensors. So they follow the input to its device.
  void write(const operation::Constant& held) {
    constexpr const char* as_f32 = "6";
    assign(text("torch.to(CONSTANTS.c", constants_.size(), ", ops.prim.device(", inputs_.front(), "), ",
                as_f32, ')'));
    constants_.push_back(&held.values);
  }

  void write(const operation::Linear&) { call("linear", {in(0), in(1), in(2)}); }

  void write(const operation::Convolution& o) {
    const std::size_t axes = made().sizes.size() - 1;
    std::string x = in(0);
    if (o.before != o.after) {
      std::vector<std::int64_t> zeros;
      for (std::size_t axis = 0; axis < axes; ++axis) zeros.insert(zeros.end(), {o.before, o.after});
      x = text("torch.constant_pad_nd(", x, ", ", list_text(zeros), ')');
    }
    const auto each = [&](std::int64_t number) { return list_text(std::vector(axes, number)); };
    call(text("conv", axes, 'd'), {x, in(1), in(2), each(o.stride), each(o.before == o.after ? o.before : 0),
                                   each(o.dilation), text(o.groups)});
  }

  void write(const operation::Embedding&) {
    constexpr const char* as_i64 = "4";
    call("embedding", {in(1), text("torch.to(", in(0), ", ", as_i64, ')')});
  }

  void write(const operation::Attention& o) {
    call("scaled_dot_product_attention", {in(0), in(1), in(2), "None", "0.", o.is_causal ? "True" : "False"});
  }

  void write(const operation::Recurrent& o) {
    using Cell = operation::Recurrent::Cell;
    const std::string start =
        text("torch.new_zeros(", in(0), ", [", o.directions, ", torch.size(", in(0), ", 0), ", o.units, "])");
    Words weights;
    for (std::size_t i = 1; i < n_in(); ++i) weights.push_back(in(i));
    const bool is_lstm = o.cell == Cell::lstm;
    const char* function = is_lstm                    ? "lstm"
                           : o.cell == Cell::gru      ? "gru"
                           : o.cell == Cell::rnn_tanh ? "rnn_tanh"
                                                      : "rnn_relu";
    const std::string given =
        text("torch.", function, '(', in(0), ", ", is_lstm ? text('[', start, ", ", start, ']') : start,
             ", [", join(weights, ", "), "], ", o.has_bias ? "True" : "False", ", 1, 0., False, ",
             o.directions == 2 ? "True" : "False", ", True)");
    const std::string all = value(current_) + "_all", last = value(current_) + "_last";
    lines_ += text("    ", all, ", ", last, is_lstm ? text(", ", value(current_), "_cell") : "", " = ", given,
                   '\n');
    if (!o.gives_last) return assign(all);
    call("reshape", {text("torch.transpose(", last, ", 0, 1)"), with_batch(made().sizes)});
  }

  void write(const operation::BatchNorm& o) {
    call("batch_norm", {in(0), in(3), in(4), in(1), in(2), "False", "0.", float_text(o.eps), "True"});
  }
  void write(const operation::LayerNorm& o) {
    call("layer_norm", {in(0), list_text(last_axes(o.axes)), in(1), in(2), float_text(o.eps)});
  }
  void write(const operation::GroupNorm& o) {
    call("group_norm", {in(0), text(o.groups), in(1), in(2), float_text(o.eps)});
  }

  // torch.rms_norm is younger than the other functions.
  void write(const operation::RmsNorm& o) {
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = -o.axes; axis < 0; ++axis) axes.push_back(axis);
    const std::string x = in(0);
    const std::string normed = text("torch.mul(", x, ", torch.rsqrt(torch.add(torch.mean(torch.mul(", x, ", ",
                                    x, "), ", list_text(axes), ", True), ", float_text(o.eps), ")))");
    if (n_in() == 1) return assign(normed);
    call("mul", {normed, in(1)});
  }

  void write(const operation::Function& o) {
    using Kind = operation::Function::Kind;
    switch (o.kind) {
      case Kind::relu:
        return call("relu", {in(0)});
      case Kind::tanh:
        return call("tanh", {in(0)});
      case Kind::sigmoid:
        return call("sigmoid", {in(0)});
      case Kind::silu:
        return call("silu", {in(0)});
      case Kind::gelu:
        return call("gelu", {in(0), "approximate=\"none\""});
      case Kind::gelu_tanh:
        return call("gelu", {in(0), "approximate=\"tanh\""});
      case Kind::leaky_relu:
        return call("leaky_relu", {in(0), float_text(o.parameter)});
      case Kind::elu:
        return call("elu", {in(0), float_text(o.parameter)});
      case Kind::selu:
        return call("selu", {in(0)});
      case Kind::softplus:
        return call("softplus", {in(0), float_text(o.parameter)});
      case Kind::mish:
        return call("mish", {in(0)});
      case Kind::hardswish:
        return call("hardswish", {in(0)});
    }
  }

  void write(const operation::Pool& o) {
    const std::size_t axes = made().sizes.size() - 1;
    const auto each = [&](std::int64_t number) { return list_text(std::vector(axes, number)); };
    call(text(o.is_max ? "max_pool" : "avg_pool", axes, 'd'),
         {in(0), each(o.kernel), each(o.stride), each(o.padding)});
  }
  void write(const operation::AdaptiveAveragePool&) {
    call("adaptive_avg_pool2d", {in(0), list_text({made().sizes[1], made().sizes[2]})});
  }

  static std::string with_batch(std::vector<std::int64_t> sizes) {
    sizes.insert(sizes.begin(), -1);
    return list_text(sizes);
  }
  void write(const operation::Reshape&) { call("reshape", {in(0), with_batch(made().sizes)}); }

  void write(const operation::Permute& o) {
    std::vector<std::int64_t> order{0};
    for (const std::int64_t axis : o.order) order.push_back(axis + 1);
    call("permute", {in(0), list_text(order)});
  }
  void write(const operation::Select& o) { call("select", {in(0), text(placed(o.axis)), text(o.index)}); }
  void write(const operation::First& o) { call("narrow", {in(0), "0", "0", text(o.count)}); }

  void write(const operation::Mean& o) {
    std::vector<std::int64_t> axes;
    for (const std::int64_t axis : o.axes) axes.push_back(placed(axis));
    call("mean", {in(0), list_text(axes)});
  }

  void write(const operation::Pad& o) {
    // Pairs of zeros before and after, from the last axis backwards.
    std::vector<std::int64_t> zeros(2 * (made().sizes.size() - static_cast<std::size_t>(o.axis)), 0);
    zeros[zeros.size() - 2] = o.before;
    zeros[zeros.size() - 1] = o.after;
    call("constant_pad_nd", {in(0), list_text(zeros)});
  }

  void write(const operation::Upsample& o) {
    const std::string size = list_text({made().sizes[1], made().sizes[2]});
    if (o.is_bilinear) return call("upsample_bilinear2d", {in(0), size, "False"});
    call("upsample_nearest2d", {in(0), size});
  }

  void write(const operation::Add&) { call("add", {in(0), in(1)}); }
  void write(const operation::Multiply&) { call("mul", {in(0), in(1)}); }
  void write(const operation::Concat& o) {
    Words all;
    for (std::size_t i = 0; i < n_in(); ++i) all.push_back(in(i));
    call("cat", {text('[', join(all, ", "), ']'), text(placed(o.axis))});
  }

  const std::vector<ComputationStep>& steps_;
  std::size_t current_ = 0;
  std::string lines_;
  Words inputs_;
  std::vector<const Array*> constants_;
};

std::string names_text(const ScriptModule& module, bool are_buffers) {
  std::string out;
  for (const auto& [name, tensor] : module.tensors) {
    if (tensor->is_buffer == are_buffers) out += text('"', name, "\", ");
  }
  return text('[', out, ']');
}

/// A class for the module and each below it; `methods` are the first one's.
void add_class(const ScriptModule& module, std::string_view methods, std::string& out) {
  for (const auto& [name, child] : module.children) add_class(*child, {}, out);
  out += text("class ", module.type, "(Module):\n  __parameters__ = ", names_text(module, false),
              "\n  __buffers__ = ", names_text(module, true), "\n  __annotations__ = []\n");
  for (const auto& [name, tensor] : module.tensors)
    out += text("  __annotations__[\"", name, "\"] = Tensor\n");
  out += "  training : bool\n";
  for (const auto& [name, child] : module.children) {
    out += text("  __annotations__[\"", name, "\"] = __torch__.", child->type, '\n');
  }
  out += methods;
}

// ---- The pickles.

/// The module with its attributes and those below it. Its tensors are numbered as they come.
void add_object(const ScriptModule& module, std::vector<std::string>& tensor_names, PickleWriter& pickle) {
  pickle.begin_object("__torch__", module.type);
  for (const auto& [name, outline] : module.tensors) {
    pickle.text(name);
    pickle.tensor({tensor_names.size(), outline->dtype, outline->shape, !outline->is_buffer});
    tensor_names.push_back(outline->name);
  }
  pickle.text("training");
  pickle.boolean(false);
  for (const auto& [name, child] : module.children) {
    pickle.text(name);
    add_object(*child, tensor_names, pickle);
  }
  pickle.end_object();
}

std::string pickle_of_module(const ScriptModule& module, std::vector<std::string>& tensor_names) {
  PickleWriter pickle;
  add_object(module, tensor_names, pickle);
  return pickle.finish();
}

std::string pickle_of_constants(const std::vector<const Array*>& constants) {
  PickleWriter pickle;
  pickle.begin_tuple();
  for (std::size_t i = 0; i < constants.size(); ++i)
    pickle.tensor({i, constants[i]->dtype(), constants[i]->shape()});
  pickle.end_tuple();
  return pickle.finish();
}

}  // namespace

void write_torchscript(const std::string& path, const ModelToWrite& model) {
  const ForwardSource forward(model.computation);
  const ScriptModule module = module_of(model.outlines);
  std::string source;
  add_class(
      module,
      text("  def forward(self: __torch__.Model", forward.arguments(), ") -> Tensor:\n", forward.lines()),
      source);
  std::vector<std::string> tensor_names;
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"data.pkl", pickle_of_module(module, tensor_names)},
      {"code/__torch__.py", source},
      {"constants.pkl", pickle_of_constants(forward.constants())},
      {"extra/assay.json", to_text(model.notes, 2)},
      {"byteorder", "little"},
      {"version", std::string(format_version)}};
  std::vector<ZipWriter::Entry> entries;
  const auto add = [&](const std::string& name, std::uint64_t bytes) {
    entries.push_back({text(archive_folder, name), bytes});
  };
  for (const auto& [name, content] : texts) add(name, content.size());
  for (std::size_t i = 0; i < forward.constants().size(); ++i) {
    add(text("constants/", i), forward.constants()[i]->bytes());
  }
  for (std::size_t i = 0; i < tensor_names.size(); ++i) {
    add(text("data/", i), tensor_named(model, tensor_names[i]).bytes());
  }
  ZipWriter zip(path, std::move(entries));
  for (const auto& [name, content] : texts) {
    zip.begin();
    zip.write(content);
  }
  for (const Array* constant : forward.constants()) {
    zip.begin();
    zip.write({reinterpret_cast<const char*>(constant->data()), constant->bytes()});
  }
  for (const std::string& name : tensor_names) {
    zip.begin();
    tensor_named(model, name).stream([&](std::string_view piece) { zip.write(piece); });
  }
  zip.put();
}

}  // namespace assay::exports
