// What tensors of a file are called in a model: rules of `map`, and whatever frameworks put in front of all
// names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/contracts/weights.h"

namespace assay::convert {

/// A name in the model, and what is done to the tensor on the way there.
struct Target {
  std::string name;
  bool is_transposed = false;  // `^T`
  std::int64_t part = 0;       // of `[part/parts]`, along the first axis
  std::int64_t parts = 1;
};

/// Reads the right side of a rule: "layers.0.weight", "layers.0.weight^T", "*.in_proj_weight[1/3]". Nothing
/// if it is none: a part that there is not.
std::optional<Target> parse_target(std::string_view text);

/// What is wrong with a rule, and what to do; nothing if all is well.
struct RuleFault {
  std::string message;
  std::string hint;
};
std::optional<RuleFault> fault_of(const NameMap::Rule& rule);

/// "layers.0.weight^T"
std::string to_string(const Target& target);

/// What each `*` of a glob stands for in a name that it matches, the first ones as little as possible;
/// nothing if it does not match.
std::optional<std::vector<std::string>> captures(std::string_view glob, std::string_view name);

/// The glob with its stars replaced, in their order.
std::string filled(std::string_view glob, const std::vector<std::string>& captured);

/// What a name of the file becomes.
struct Renamed {
  enum class By { itself, map, nothing } by = By::itself;  // nothing: `none`
  Target target;
};
Renamed renamed(const NameMap& map, std::string_view name);

/// Left sides of the rules by which none of these names is decided: none matches, or earlier rules take all
/// that do.
std::vector<std::string> idle_rules(const NameMap& map, const std::vector<std::string>& names);

/// What stands in front of all names though it is part of none: "module." of DataParallel, "_orig_mod." of
/// torch.compile, or both. Empty if there is nothing.
std::string wrapper_of(const std::vector<NamedTensor>& tensors);

/// "layers.10.weight" comes after "layers.9.weight".
bool comes_before(std::string_view a, std::string_view b);

}  // namespace assay::convert
