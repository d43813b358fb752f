// What a run came to: the few lines that `assay run` ends in.
#pragma once

#include <string>

#include "runner/cli/output.h"
#include "runner/store/summary.h"

namespace assay::cli {

/// Its folder, its metrics on test (else on valid), the best checkpoint, the time.
std::string result_text(const store::RunSummary& run, const Output& out);

}  // namespace assay::cli
