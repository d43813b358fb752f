// Configs as text for people: what `assay show` prints.
#pragma once

#include <string>

#include "core/json.h"

namespace assay {

/// YAML that reads back as the same Json: block maps, short lists and maps of scalars in flow style, reals as
/// people write them (0.001, 1e-05), texts quoted only where a YAML 1.1 or 1.2 reader would take them for
/// something else; a reference to a secret with its tag. Ends in a newline.
std::string to_yaml(const Json& json);

}  // namespace assay
