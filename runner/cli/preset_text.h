// The presets that come with assay, for the reference and `describe`: what their files say of themselves.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "registry/registry.h"

namespace assay::cli {

struct ShippedPreset {
  std::string family;
  std::string name;
  std::string base;   // the component or preset that it is made of
  std::string about;  // the comment that its file begins with
  Json example;       // of a config: {"model": {"type": "gpt", "with": {...}}}, with its own values

  /// `configs/model/gpt.yaml`, in the tree.
  std::string file() const;
  /// What it is, without where it is from: `about` up to the first colon.
  std::string summary() const;
};

/// By family, then by name. A file that cannot be read is left out.
std::vector<ShippedPreset> shipped_presets(const Registry& registry);

}  // namespace assay::cli
