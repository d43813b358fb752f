// First values of weights. Drawn from streams keyed by the seed and the tensor's own dotted name, so that
// adding a layer does not change the first values of the others.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/families.h"
#include "registry/contracts/weight_inits.h"
#include "registry/implementations.h"

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

/// The `init` of a model, built.
class InitRules {
 public:
  InitRules(const std::vector<InitRule>& rules, const Implementations& parts);
  /// What a parameter starts from by the first rule that matches its dotted name; null if none does.
  const Init* find(std::string_view name) const;
  /// The same among the rules whose initialiser is `constant`.
  const Init* find_constant(std::string_view name) const;

 private:
  struct Rule {
    Globs match;
    std::unique_ptr<Init> init;
    bool is_constant;
  };
  std::vector<Rule> rules_;
};

/// Where first values come from while a model is built.
struct InitContext {
  std::uint64_t seed = 0;
  std::string path;                  // dotted prefix of what is being built: "layers.0."
  const InitRules* rules = nullptr;  // the model's; null: it has none
  InitContext below(const std::string& name) const { return {seed, path + name + ".", rules}; }
};

/// A new f32 parameter, filled by the model's rules or else by `init`; requires gradients.
at::Tensor make_parameter(const std::string& name, const std::vector<std::int64_t>& shape, const Init& init,
                          std::int64_t fan_in, std::int64_t fan_out, const InitContext& context);

/// A new f32 parameter that starts at one value, unless a rule of the model has another constant for it: the
/// scales and shifts of normalisations. Requires gradients.
at::Tensor make_constant(const std::string& name, const std::vector<std::int64_t>& shape, double value,
                         const InitContext& context);

}  // namespace assay
