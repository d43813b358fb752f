// What a checked config is about to do, in a few aligned lines: the same before a run and after a check.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "runner/cli/output.h"

namespace assay::cli {

using Facts = std::vector<std::pair<std::string, std::string>>;  // label, words

/// {"data", "digits: 1257 train, 270 valid, 270 test"}, {"model", "mlp: 26122 parameters"}, {"train", "20
/// epochs: ..."}
Facts plan_facts(const Experiment& experiment, const Prepared& prepared);

/// A line for each, labels aligned.
std::string facts_text(const Facts& facts, const Output& out, int indent = 2);

std::int64_t parameter_count(const Prepared& prepared);
/// `1234`, `1 234 567`: from five digits on, thousands apart.
std::string big_number(std::int64_t number);

}  // namespace assay::cli
