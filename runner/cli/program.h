// The program: finds the command, runs it, and turns whatever went wrong into a message and an exit code.
#pragma once

namespace assay::cli {

/// The process's exit code (docs/exit-codes.md). Never throws.
int run_program(int argc, const char* const* argv);

}  // namespace assay::cli
