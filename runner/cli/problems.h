// Problems on a terminal and as JSON. Their words may come from files of strangers: control characters are
// made visible before anything is printed.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "core/json.h"
#include "runner/cli/output.h"

namespace assay::cli {

/// One after the other, `file:line:col` first, with the line of the file and a caret where there is one, and
/// with colour where there is; a last line counts them if there are many.
void print_problems(Output& err, const std::vector<Problem>& problems);

/// A message for people, on one line.
void print_warning(Output& err, std::string_view message);

/// {"severity": "error", "source": "configs/mlp.yaml", "line": 3, "column": 7, "path": ..., "message": ...,
/// "hint": ..., "notes": [...], "excerpt": {"text": "model: {hiden: 3}", "caret": 8}}; no excerpt where there
/// is none to show.
Json to_json(Problem problem);

}  // namespace assay::cli
