// What `check --summary` knows of a model: its layers, the optimizer's groups, the memory that training
// takes.
#pragma once

#include <string>

#include "core/json.h"
#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "runner/cli/output.h"

namespace assay::cli {

/// Three tables, each under its title; that of groups only where the optimizer has some.
std::string summary_text(const Experiment& experiment, const Prepared& prepared, const Output& out);

/// The same for programs: lists of layers and of groups, a map of bytes.
Json layers_json(const Prepared& prepared);
Json groups_json(const Prepared& prepared);
Json memory_json(const MemoryEstimate& memory);

}  // namespace assay::cli
