// What is not as it was when a run was interrupted: code, libraries, machine, threads. Numbers may depend on
// each of them.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"

namespace assay::cli {

/// Each difference in words, as "cpu was EPYC 7B13, is EPYC 9654"; empty if there is none. Facts that one
/// side lacks are not compared, nor are those that change no number: the host's name, variables, the kernel.
std::vector<std::string> changes(const Json& before, const Json& now);

}  // namespace assay::cli
