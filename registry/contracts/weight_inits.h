// The `init:` section of everything with weights and biases, and of models that are lists of layers.
//
//   struct LinearParams { WeightInits init; ... };        init: {weight: xavier_uniform, bias: 0}
//   struct SequentialParams { std::vector<InitRule> init; ... };     init: [{match: "*.bias", use: 0}]
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "core/text.h"
#include "registry/contracts/families.h"
#include "registry/contracts/globs.h"

namespace assay {

struct WeightInits {
  Slot<Init> weight = "uniform_fan";
  Slot<Init> bias = "uniform_fan";

  static void describe(Fields<WeightInits>& f) {
    f("weight", &WeightInits::weight, "first values of the weights");
    f("bias", &WeightInits::bias, "first values of the biases");
  }
};

/// First values by name, over a whole model. The first rule that matches wins, also over what a layer says.
/// Scales and shifts of normalisations take constants only: what is drawn for all weights alike is not meant
/// for them.
struct InitRule {
  Globs match;
  Slot<Init> use;

  static void describe(Fields<InitRule>& f) {
    f("match", &InitRule::match, "globs on the dotted names of parameters; `*` also crosses dots", required);
    f("use", &InitRule::use, "first values of what they match", required);
  }
};

/// Fails if a glob matches none of the parameters that were written down so far.
inline void require_matches(const std::vector<InitRule>& rules, const Outline& out) {
  std::vector<std::string> names;
  for (const TensorOutline& tensor : out.tensors()) {
    if (!tensor.is_buffer) names.push_back(tensor.name);
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const std::string& glob : rules[i].match.items) {
      const bool is_used =
          std::ranges::any_of(names, [&](const std::string& name) { return Globs{{glob}}.match(name); });
      if (!is_used) {
        out.fail(text("has the glob '", printable(glob), "' in `init.", i, "`, which matches no parameter"),
                 suggest_glob(glob, names));
      }
    }
  }
}

}  // namespace assay
