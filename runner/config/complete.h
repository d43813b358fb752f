// What a half-typed override may go on with: keys, component names and values, from the registry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "registry/registry.h"
#include "runner/config/json_schema.h"

namespace assay {

struct Completion {
  std::string text;  // the whole word: "optimizer.lr=", "model=mlp"
  std::string doc;   // one line, or empty
};

/// `opti` gives `optimizer=` and `optimizer.`; `optimizer.l` gives `optimizer.lr=`; `model=` the models and
/// presets. config: what is composed so far (its blocks folded), for the components it names and the items of
/// its lists; null if it cannot be read, when keys of every component of a family are offered.
std::vector<Completion> complete_override(std::string_view written, const Value& config,
                                          const Registry& registry, const PresetNames& presets);

/// The same for a key alone: `optimizer`, `optimizer.lr`.
std::vector<Completion> complete_key(std::string_view written, const Value& config, const Registry& registry);

}  // namespace assay
