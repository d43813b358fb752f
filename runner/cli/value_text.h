// Values and declarations on one line, the same in every command that shows them.
#pragma once

#include <string>

#include "core/json.h"
#include "registry/schema.h"

namespace assay::cli {

/// As a config would write it: `[128, 128]`, `0.001`, `{type: mlp, hidden: [64]}`.
std::string inline_yaml(const Json& value);

/// The rules of a field: `above 0; below 10`. Empty if it has none.
std::string rule_text(const FieldInfo& field);

/// `0.001`, `required`, or `-` for none.
std::string default_text(const FieldInfo& field);

}  // namespace assay::cli
