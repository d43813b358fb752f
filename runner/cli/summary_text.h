// What `check --summary` knows of data and model: columns of a table, layers, the optimizer's groups, the
// memory that training takes.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "runner/cli/output.h"

namespace assay::cli {

/// Tables, each under its title: columns only where the data is a table, groups only where the optimizer has
/// some.
std::string summary_text(const Experiment& experiment, const Prepared& prepared, const Output& out);

/// Where the weights come from that a model starts with, or that were converted.
std::string weights_table(const std::vector<FirstWeights::Line>& lines, const Output& out);

/// The same for programs: lists of columns, of layers and of groups, a map of bytes.
Json columns_json(const Prepared& prepared);
Json layers_json(const Prepared& prepared);
Json groups_json(const Prepared& prepared);
Json memory_json(const MemoryEstimate& memory);

}  // namespace assay::cli
