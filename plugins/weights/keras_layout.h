// How Keras lays out the weights of its layers, and what that is in the order of axes and gates that assay
// shares with PyTorch. Every tensor is a list of blocks of one of Keras's arrays, so that the way there and
// the way back are one description.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"

namespace assay::weights {

/// One of Keras's arrays: where it is in the file, and what it is to its layer.
struct KerasVariable {
  std::string role;  // "kernel", "recurrent_kernel", "bias", "gamma", "moving_mean", "embeddings", ...
  std::string path;
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
};

/// A layer's variables as the file has them.
struct KerasLayer {
  std::string name;    // "conv2d_1"
  std::string suffix;  // "_reverse" of the second direction of a bidirectional layer
  bool is_recurrent = false;
  std::vector<KerasVariable> variables;
  std::string type =
      {};  // "Conv2D"; empty where the file does not say: then the name is what Keras makes of the type

  /// word: "depthwise", "transpose".
  bool is_of_type(std::string_view word) const;
};

/// A part of an array, in elements.
struct Block {
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

/// A tensor as assay names and shapes it: blocks of one array, one behind the other.
struct KerasTensor {
  std::string name;  // "conv2d_1.weight"
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;
  std::string path;           // of the array; empty: zeros, which Keras has no array for
  std::vector<Block> blocks;  // without any: zeros
  std::string added_to;       // of zeros: the array to which they are added on the way back
};

/// Shapes [height, width, channels] of what is flattened before a dense layer, by its name: Keras keeps
/// channels last.
using Flattened = std::map<std::string, std::vector<std::int64_t>>;

/// Throws Kind::data, naming the file at `path` and the layer, for one whose layout is not known: a GRU whose
/// reset gate acts before the product, a transposed convolution.
std::vector<KerasTensor> tensors_of(const KerasLayer& layer, const Flattened& flattened,
                                    const std::string& path);

}  // namespace assay::weights
