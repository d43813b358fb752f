// The verdict on two records in words: `assay diff --exact` and `assay verify`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "runner/cli/output.h"
#include "runner/store/exact_diff.h"

namespace assay::cli {

/// What --tolerance says: nothing if it was not given. Throws Kind::usage if it is no number of at least 0.
std::optional<double> tolerance_of(const std::string& written);

/// How much there was to compare.
std::string compared_text(const store::ExactComparison& compared);

/// `identical`, with how much was compared; or the first difference, both values, and where else.
std::string exact_text(const store::ExactComparison& compared, const std::string& name_a,
                       const std::string& name_b, const Output& out);
Json to_json(const store::ExactComparison& compared);

/// The first of them with both values, then where else; empty if there is none.
std::string differences_text(const std::vector<store::RecordDifference>& all, const std::string& name_a,
                             const std::string& name_b, const Output& out);
Json differences_json(const std::vector<store::RecordDifference>& all);

}  // namespace assay::cli
