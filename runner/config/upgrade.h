// Old keys of a config, renamed in its text. All else stays as it was written, comments included.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "runner/config/load.h"

namespace assay {

struct Rename {
  Where where;           // of the key
  std::string path;      // with the old name: "optimizer.learning_rate"
  std::string old_name;  // as it is written: "learning_rate", or in `overrides:` "optimizer.learning_rate"
  std::string new_name;
};

struct Upgrade {
  std::string text;               // with the new names
  std::vector<Rename> renames;    // in the order of the text
  std::vector<Problem> problems;  // what must be done by hand: expressions that name an old key
};

/// Upgrades one of the files that `loaded` was read from. Components are those of the whole config, so that a
/// file which only changes another one's optimizer is understood.
Upgrade upgrade(const SourceText& source, const LoadedConfig& loaded, const Registry& registry);

}  // namespace assay
