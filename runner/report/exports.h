// Runs in the formats of other tools.
//
//   csv          metrics.csv: run, name, step, epoch, time, metric, value; a line for each logged number
//                runs.csv: a line for each run, with its config and the last value of each metric
//   jsonl        metrics.jsonl: a map for each logged row, {"run": ..., "step": 3, "valid/loss": 0.3, ...}
//                runs.jsonl: a map for each run, with its config as it is nested
//   tensorboard  <name>/<id>/events.out.tfevents.<start>.assay: scalars, and the config as a text
//
// Numbers are exact in CSV and JSON; TensorBoard's are 32-bit floats. What is not finite is nan, inf and
// -inf, in JSON as texts. Times are in seconds since 1970-01-01 UTC.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/report/grid.h"
#include "runner/report/run_data.h"

namespace assay::report {

enum class ExportFormat { csv, jsonl, tensorboard };
/// Nothing if there is no format of that name.
std::optional<ExportFormat> export_format(std::string_view name);

/// Writes the runs of these folders below `out`, which is made, in place of what has the same name there:
/// each file is whole or it is the one before. One run is in memory at a time. Returns the paths of the
/// files. on_progress, if there is one, is called with how many runs are done. Throws Kind::store.
std::vector<std::string> export_runs(std::span<const std::string> folders, ExportFormat format,
                                     const std::string& out,
                                     const std::function<void(std::size_t)>& on_progress = {});

/// A line for each run: facts, the keys of all configs, the last values of all metrics.
Grid grid_of_runs(std::span<const RunData> runs);

}  // namespace assay::report
