// The line of a file that a problem points to, with a caret below the place.
//
//   five.yaml:3:20: error: model.hiden: unknown key
//     3 | model: {type: mlp, hiden: [128]}
//       |                    ^
#pragma once

#include <optional>
#include <string>

#include "core/where.h"

namespace assay::cli {

struct Excerpt {
  int line = 0;      // its number in the file, from 1
  std::string text;  // fit for a terminal: no control characters, tabs as single blanks
  int caret = 0;     // characters of `text` before the place
};

/// Reads the file again. Nothing for places outside files, for whole files, and for what cannot be shown:
/// packed files, pipes, files above 64 MiB, lines that are not there. columns: the longest `text`; a longer
/// line is cut around the place, with "..." where something is missing.
std::optional<Excerpt> excerpt_of(const Where& where, int columns);

}  // namespace assay::cli
