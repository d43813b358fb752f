#include "plugins/weights/keras_h5.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/h5_storage.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "plugins/weights/bytes_of.h"
#include "plugins/weights/keras_layout.h"

namespace assay::weights {
namespace {

constexpr const char* config_attribute = "model_config";
constexpr std::string_view saved_model_group = "model_weights/";
constexpr std::string_view layers_group = "layers/";

/// In the process apart.
h5::Contents look(const h5::Reader& file) {
  h5::Contents found;
  const std::vector<std::string> attributes = file.attributes("/");
  if (std::ranges::find(attributes, config_attribute) != attributes.end())
    found.texts.emplace_back(config_attribute, file.text_attribute("/", config_attribute));
  for (const std::string& name : file.datasets("/")) {
    if (!name.starts_with("optimizer") && name.find("seed_generator") == std::string::npos)
      found.arrays.emplace_back(name, file.storage(name));
  }
  return found;
}

/// One array of the file, by the parts of its path.
struct Found {
  std::string layer;
  std::string suffix;
  bool is_recurrent = false;
  std::string role;  // or the number of the variable
};

/// "model_weights/lstm/sequential/lstm/lstm_cell/kernel", "dense/dense/kernel:0".
std::optional<Found> of_saved_model(const std::vector<std::string>& parts) {
  if (parts.size() < 2) return std::nullopt;
  Found found{parts.front(), {}, false, parts.back().substr(0, parts.back().find(':'))};
  for (const std::string& part : parts) {
    found.is_recurrent =
        found.is_recurrent || part.ends_with("_cell") || part.find("_cell_") != std::string::npos;
    if (part.starts_with("backward_")) found.suffix = "_reverse";
  }
  return found;
}

/// "layers/lstm/cell/vars/0", "layers/bidirectional/backward_layer/cell/vars/0",
/// "layers/sequential/layers/dense/vars/0".
std::optional<Found> of_weights_file(const std::vector<std::string>& parts) {
  if (parts.size() < 4 || parts[parts.size() - 2] != "vars") return std::nullopt;
  Found found{{}, {}, false, parts.back()};
  for (std::size_t i = 0; i + 2 < parts.size(); ++i) {
    const std::string& part = parts[i];
    if (part == "cell") found.is_recurrent = true;
    if (part == "backward_layer") found.suffix = "_reverse";
    if (part == "layers" || part == "cell" || part == "forward_layer" || part == "backward_layer") continue;
    found.layer += text(found.layer.empty() ? "" : ".", part);
  }
  return found;
}

bool is_numbered(const KerasLayer& layer) {
  return std::ranges::all_of(layer.variables, [](const KerasVariable& variable) {
    return parse_integer(variable.role).has_value();
  });
}

/// What the numbered variables of a layer are: known from how many there are, and of how many axes.
std::vector<std::string> roles_of(const KerasLayer& layer) {
  std::vector<std::size_t> axes;
  for (const KerasVariable& variable : layer.variables) axes.push_back(variable.shape.size());
  const std::size_t count = axes.size();
  const bool are_vectors = std::ranges::all_of(axes, [](std::size_t n) { return n == 1; });
  if (layer.is_recurrent) {
    if (count == 2) return {"kernel", "recurrent_kernel"};
    if (count == 3) return {"kernel", "recurrent_kernel", "bias"};
  } else if (are_vectors && count == 4) {
    return {"gamma", "beta", "moving_mean", "moving_variance"};
  } else if (are_vectors && count == 2 && layer.name.find("normalization") != std::string::npos) {
    return {"gamma", "beta"};
  } else if (!axes.empty() && axes[0] >= 2) {
    const bool is_embedding = layer.name.find("embedding") != std::string::npos;
    const std::string first = is_embedding ? "embeddings" : "kernel";
    if (count == 1) return {first};
    if (count == 2 && axes[1] == 1) return {first, "bias"};
  }
  return {};
}

class Model {
 public:
  Model(const std::string& path, const KerasH5Params& params)
      : path_(path), flattened_(params.flatten), file_(std::make_shared<const MappedFile>(path)) {
    const h5::Contents contents = h5::contents_apart(*file_, path_, look);
    for (const auto& [name, storage] : contents.arrays) take(name, storage);
    if (layers_.empty())
      refuse(path_, "holds no layers as Keras writes them", "save it by model.save_weights");
    name_variables();
    read_config(contents.text(config_attribute));
    check_flattened();
    for (const KerasLayer& layer : layers_) {
      for (KerasTensor& tensor : tensors_of(layer, flattened_, path_)) tensors_.push_back(std::move(tensor));
    }
  }

  const std::vector<KerasTensor>& tensors() const { return tensors_; }
  const std::shared_ptr<const MappedFile>& file() const { return file_; }
  bool is_in_order() const { return is_in_order_; }
  const h5::Storage& storage(const std::string& path) const { return storages_.at(path); }

  Array array(const std::string& path) const {
    const h5::Storage& stored = storage(path);
    Array values(stored.dtype, stored.shape);
    if (stored.pieces.empty()) {
      if (values.bytes() > 0) std::memcpy(values.data(), stored.kept.data(), values.bytes());
    } else {
      file_->read_at(stored.pieces[0].offset, values.data(), values.bytes());
    }
    return values;
  }

 private:
  void take(std::string_view name, const h5::Storage& storage) {
    const bool is_model = name.starts_with(saved_model_group);
    const std::vector<std::string> parts =
        split(is_model ? name.substr(saved_model_group.size()) : name, '/');
    const std::optional<Found> found =
        name.starts_with(layers_group) ? of_weights_file(parts) : of_saved_model(parts);
    if (!found) return;
    if (!storage.chunk.empty()) {
      refuse(path_, text(printable(name), " is packed, which Keras does not do"), "let Keras save it again");
    }
    auto layer = std::ranges::find_if(layers_, [&](const KerasLayer& known) {
      return known.name == found->layer && known.suffix == found->suffix;
    });
    if (layer == layers_.end()) {
      layers_.push_back({found->layer, found->suffix, false, {}, {}});
      layer = layers_.end() - 1;
    }
    layer->is_recurrent = layer->is_recurrent || found->is_recurrent;
    layer->variables.push_back({found->role, std::string(name), storage.dtype, storage.shape});
    storages_.emplace(name, storage);
  }

  void name_variables() {
    for (KerasLayer& layer : layers_) {
      if (!is_numbered(layer)) continue;
      std::ranges::sort(layer.variables, {}, [](const KerasVariable& variable) {
        return parse_integer(variable.role).value_or(0);
      });
      const std::vector<std::string> roles = roles_of(layer);
      if (roles.empty()) {
        refuse(
            path_,
            text("layer ", printable(layer.name), " has ", count_text(std::ssize(layer.variables), "array"),
                 ", which fit no kind of layer that is known"),
            "save the whole model, which says what they are: model.save(\"x.keras.h5\") in the h5 format");
      }
      for (std::size_t i = 0; i < roles.size(); ++i) layer.variables[i].role = roles[i];
    }
  }

  // ---- The model's config: the order of layers, and what is flattened.

  void read_config(const std::string& words) {
    if (words.empty()) return;
    const Json config = parse_json(words, path_);
    const Json* layers = config.find_path("config.layers");
    if (layers == nullptr || !layers->is_list()) return;
    std::map<std::string, std::size_t> order;
    const std::vector<std::int64_t>* flattened = nullptr;
    std::vector<std::int64_t> shape;
    for (const Json& layer : layers->items()) {
      const Json* name = layer.find_path("config.name");
      const Json* type = layer.find("class_name");
      if (name == nullptr || !name->is_text() || type == nullptr || !type->is_text()) continue;
      order.emplace(name->text(), order.size());
      for (KerasLayer& known : layers_) {
        if (known.name == name->text()) known.type = type->text();
      }
      if (type->text() == "Flatten") {
        shape = flattened_shape(layer);
        flattened = &shape;
      } else if (type->text() == "Dense") {
        if (flattened != nullptr && shape.size() > 1) flattened_.emplace(name->text(), shape);
        if (flattened == nullptr || !shape.empty()) is_known_.push_back(name->text());
        flattened = nullptr;
      }
    }
    std::ranges::stable_sort(layers_, {}, [&](const KerasLayer& layer) {
      const auto known = order.find(layer.name);
      return known == order.end() ? order.size() : known->second;
    });
    is_in_order_ = true;
  }

  /// Of what a Flatten is built for, without the batch; empty where the config does not say.
  static std::vector<std::int64_t> flattened_shape(const Json& layer) {
    const Json* shape = layer.find_path("build_config.input_shape");
    std::vector<std::int64_t> sizes;
    if (shape == nullptr || !shape->is_list()) return sizes;
    for (std::size_t i = 1; i < shape->items().size(); ++i) {
      if (!shape->items()[i].is_integer()) return {};
      sizes.push_back(shape->items()[i].integer());
    }
    return sizes;
  }

  /// A dense layer that takes many values for each channel of a convolution is behind a Flatten, as far as
  /// anybody can tell: taking it for another would turn out wrong without a word.
  void check_flattened() const {
    for (const KerasLayer& layer : layers_) {
      for (const KerasVariable& variable : layer.variables) {
        const bool is_dense = variable.role == "kernel" && variable.shape.size() == 2 && !layer.is_recurrent;
        const bool is_said =
            flattened_.contains(layer.name) || std::ranges::find(is_known_, layer.name) != is_known_.end();
        if (is_dense && !is_said) check_dense(layer.name, variable.shape[0]);
      }
    }
  }

  void check_dense(const std::string& name, std::int64_t inputs) const {
    for (const KerasLayer& layer : layers_) {
      for (const KerasVariable& variable : layer.variables) {
        const bool is_convolution = variable.role == "kernel" && variable.shape.size() > 2;
        const std::int64_t channels = is_convolution ? variable.shape.back() : 0;
        if (channels < 2 || inputs <= channels || inputs % channels != 0) continue;
        refuse(path_,
               text("does not say whether layer ", printable(name), " is behind a Flatten: it takes ", inputs,
                    " values, ", inputs / channels, " for each channel of ", printable(layer.name)),
               text("say the shape that Keras flattens: --flatten ", printable(name), "=HEIGHT,WIDTH,",
                    channels, ", in a config `flatten: {", printable(name), ": [HEIGHT, WIDTH, ", channels,
                    "]}`; or ", inputs, " alone if it flattens nothing"));
      }
    }
  }

  std::string path_;
  Flattened flattened_;
  std::shared_ptr<const MappedFile> file_;
  std::vector<KerasLayer> layers_;
  std::map<std::string, h5::Storage> storages_;
  std::vector<std::string> is_known_;  // dense layers of which the config says what is before them
  std::vector<KerasTensor> tensors_;
  bool is_in_order_ = false;
};

/// The blocks of an array, one behind the other.
Array taken(const Array& values, const KerasTensor& tensor) {
  Array out(tensor.dtype, tensor.shape);
  const std::size_t item = size_of(tensor.dtype);
  std::size_t at = 0;
  for (const Block& block : tensor.blocks) {
    const Array part = gathered(values.data() + static_cast<std::size_t>(block.offset) * item, tensor.dtype,
                                block.shape, block.strides);
    std::memcpy(out.data() + at, part.data(), part.bytes());
    at += part.bytes();
  }
  return out;
}

/// The same, back.
void put(const Array& tensor_values, const KerasTensor& tensor, Array& values) {
  const std::size_t item = size_of(tensor.dtype);
  const std::byte* from = tensor_values.data();
  for (const Block& block : tensor.blocks) {
    std::byte* to = values.data() + static_cast<std::size_t>(block.offset) * item;
    std::vector<std::int64_t> place(block.shape.size(), 0);
    for (std::int64_t left = element_count(block.shape); left > 0; --left, from += item) {
      std::int64_t at = 0;
      for (std::size_t axis = 0; axis < place.size(); ++axis) at += place[axis] * block.strides[axis];
      std::memcpy(to + static_cast<std::size_t>(at) * item, from, item);
      for (std::size_t axis = place.size(); axis-- > 0;) {
        if (++place[axis] < block.shape[axis]) break;
        place[axis] = 0;
      }
    }
  }
}

/// A copy of a file of Keras with other numbers in its arrays.
class Copy {
 public:
  Copy(const Model& like, const WeightFile& weights, const std::string& path)
      : like_(like), path_(path), out_(path, like.file()->bytes().size()) {
    for (const NamedTensor& tensor : weights.tensors) given_[tensor.name] = &tensor;
    for (const KerasTensor& tensor : like.tensors()) {
      if (!given_.contains(tensor.name))
        refuse(weights.path, text("lacks ", printable(tensor.name), ", which the file of Keras has"));
      const std::string& array = tensor.path.empty() ? tensor.added_to : tensor.path;
      by_offset_[offset_of(array)].push_back(&tensor);
    }
  }

  void write() {
    out_.reserve();
    for (const auto& [offset, tensors] : by_offset_) {
      copy_until(offset);
      const Array values = array_of(tensors);
      out_.write({reinterpret_cast<const char*>(values.data()), values.bytes()});
      at_ += values.bytes();
    }
    copy_until(like_.file()->bytes().size());
    out_.put();
  }

 private:
  std::uint64_t offset_of(const std::string& array) const {
    const h5::Storage& storage = like_.storage(array);
    if (storage.pieces.empty()) refuse(path_, text(printable(array), " has no place of its own in the file"));
    return storage.pieces[0].offset;
  }

  Array array_of(const std::vector<const KerasTensor*>& tensors) const {
    const KerasTensor* first = tensors.front();
    Array values = like_.array(first->path.empty() ? first->added_to : first->path);
    for (const KerasTensor* tensor : tensors) {
      if (!tensor->path.empty()) put(given(*tensor), *tensor, values);
    }
    for (const KerasTensor* tensor : tensors) {
      if (tensor->path.empty()) add(given(*tensor), values);
    }
    return values;
  }

  Array given(const KerasTensor& tensor) const {
    const NamedTensor& found = *given_.at(tensor.name);
    if (found.dtype != tensor.dtype || found.shape != tensor.shape) {
      refuse(path_, text(printable(tensor.name), " is ", to_string(found.dtype), ' ', shape_text(found.shape),
                         ", in the file of Keras ", to_string(tensor.dtype), ' ', shape_text(tensor.shape)));
    }
    return read(found);
  }

  /// Two biases that are one in Keras. Zeros leave the other's bits alone.
  void add(const Array& more, Array& values) const {
    if (values.dtype() != Dtype::f32)
      refuse(path_, "has two biases to be one, which is done in f32 alone", "convert to f32 first");
    for (std::int64_t i = 0; i < values.count(); ++i) {
      if (more.as<float>()[i] != 0) values.as<float>()[i] += more.as<float>()[i];
    }
  }

  void copy_until(std::uint64_t end) {
    constexpr std::uint64_t most_at_once = 1U << 20U;
    std::string piece;
    while (at_ < end) {
      piece.resize(std::min(most_at_once, end - at_));
      like_.file()->read_at(at_, reinterpret_cast<std::byte*>(piece.data()), piece.size());
      out_.write(piece);
      at_ += piece.size();
    }
  }

  const Model& like_;
  const std::string& path_;
  AsideFile out_;
  std::map<std::string, const NamedTensor*> given_;
  std::map<std::uint64_t, std::vector<const KerasTensor*>> by_offset_;
  std::uint64_t at_ = 0;
};

}  // namespace

WeightFile KerasH5::read(const std::string& path) const {
  try {
    const auto model = std::make_shared<const Model>(path, params_);
    WeightFile file{path, {}, model->is_in_order()};
    for (const KerasTensor& tensor : model->tensors()) {
      file.tensors.push_back(
          {tensor.name, tensor.dtype, tensor.shape, [model, &tensor](const ByteSink& sink) {
             Array zeros;
             if (tensor.path.empty()) {
               zeros = Array(tensor.dtype, tensor.shape);
               std::fill_n(zeros.data(), zeros.bytes(), std::byte{0});
             }
             const Array values = tensor.path.empty() ? zeros : taken(model->array(tensor.path), tensor);
             sink({reinterpret_cast<const char*>(values.data()), values.bytes()});
           }});
    }
    return file;
  } catch (const Error& error) {
    if (error.kind() != Kind::store) throw;
    throw Error(Kind::data, error.problems());
  }
}

void KerasH5::write(const std::string& path, const WeightFile& file) const {
  if (!params_.like.is_set()) {
    throw Error(Kind::usage, Problem{Where::path(path),
                                     {},
                                     "needs a file of Keras to put the weights into",
                                     "--like FILE names one that Keras wrote of the same model"});
  }
  const Model like(params_.like.text, params_);
  Copy(like, file, path).write();
}

}  // namespace assay::weights
