// `assay --help` and `assay COMMAND --help`, made from the table of commands and their syntax.
#pragma once

#include <string>
#include <vector>

#include "runner/cli/command.h"

namespace assay::cli {

std::string program_help(const std::vector<CommandInfo>& commands, const Output& out);
std::string command_help(const CommandInfo& command, const Syntax& syntax, const Output& out);

}  // namespace assay::cli
