// First values of weights. Drawn from streams keyed by the seed and the tensor's own dotted name, so that
// adding a layer does not change the first values of the others.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/families.h"

namespace assay {

/// Fills one tensor. Stateless.
class Init {
 public:
  using Contract = Init;
  struct Needs {};
  virtual ~Init();
  /// `values` is f32 on the CPU, contiguous. fan_in and fan_out are those of the layer it belongs to (of a
  /// convolution: channels of one group times kernel size), also when the tensor is a bias. Draws come from
  /// Stream(seed, "init/" + name).
  virtual void fill(at::Tensor& values, std::int64_t fan_in, std::int64_t fan_out, std::uint64_t seed,
                    const std::string& name) const = 0;
};

/// Where first values come from while a model is built.
struct InitContext {
  std::uint64_t seed = 0;
  std::string path;  // dotted prefix of what is being built: "layers.0."
  InitContext below(const std::string& name) const { return {seed, path + name + "."}; }
};

/// A new f32 parameter, filled; requires gradients.
at::Tensor make_parameter(const std::string& name, const std::vector<std::int64_t>& shape, const Init& init,
                          std::int64_t fan_in, std::int64_t fan_out, const InitContext& context);

}  // namespace assay
