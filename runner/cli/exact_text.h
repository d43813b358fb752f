// The verdict on two records in words: `assay diff --exact` and `assay verify`.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "runner/cli/output.h"
#include "runner/store/exact_diff.h"

namespace assay::cli {

/// `identical`, with how much was compared; or the first difference, both values, and where else.
std::string exact_text(const store::ExactComparison& compared, const std::string& name_a,
                       const std::string& name_b, const Output& out);
Json to_json(const store::ExactComparison& compared);

/// The first of them with both values, then where else; empty if there is none.
std::string differences_text(const std::vector<store::RecordDifference>& all, const std::string& name_a,
                             const std::string& name_b, const Output& out);
Json differences_json(const std::vector<store::RecordDifference>& all);

}  // namespace assay::cli
