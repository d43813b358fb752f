// A table in the format that was asked for: aligned for people, or as other programs take it.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "runner/cli/output.h"
#include "runner/cli/syntax.h"
#include "runner/report/grid.h"
#include "runner/store/summary.h"

namespace assay::cli {

/// Adds `--format table|json|csv|markdown|latex`.
void describe_format(Syntax& syntax, std::string& format);

/// In the width of the terminal; what does not fit is cut or left out. `style` paints rows, if given one
/// each.
std::string table_text(const report::Grid& grid, const Output& out, const std::vector<Style>& styles = {});

/// Text for programs: as it is, but to a terminal nothing goes that it would take for a command.
void write_exactly(Output& out, const std::string& text);

/// In one of the formats of describe_format, written as above.
void write_grid(Output& out, const report::Grid& grid, const std::string& format,
                const std::vector<Style>& styles = {});

/// What is found under a name of run_fields.h, as people and programs read it: times and numbers in few
/// digits, tags side by side.
report::Grid::Cell cell_of(const std::string& field, Json value);

/// `digits-mlp/3f2a91c0de`, with a long name cut: the id is what commands take. Not yet printable().
std::string short_run_name(const store::RunSummary& run);

/// `a,b` and `c` -> a, b, c
std::vector<std::string> listed(const std::vector<std::string>& given);

}  // namespace assay::cli
