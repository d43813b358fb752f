// run.h5, summary.json and result.json as functions of what a run has recorded so far. docs/formats/run.md
// has the layout. Everything that differs between two runs of one config - times, machine, attempt - stands
// outside /config and /metrics.
#pragma once

#include <cstdint>
#include <string>

#include "core/io/h5.h"
#include "core/json.h"
#include "runner/store/record.h"
#include "runner/store/summary.h"

namespace assay::store {

std::string run_file(const Record& record);
/// A run.h5, read back: all but what only the journals say (where a state was taken, what an attempt went on
/// from in a journal). Throws Kind::store if it is no such file or a later version.
Record record_of(const h5::Reader& file);
/// The same series, events, checkpoints and config, bit for bit.
bool holds_the_same(const Record& a, const Record& b);

RunSummary summary_of(const Record& record);
/// For a finished run. run_file: the bytes of its run.h5, whose digest becomes part of it.
Json result_of(const Record& record, std::string_view run_file, std::int64_t wall_ns);

}  // namespace assay::store
