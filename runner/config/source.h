// The text of a file that a config was read from: shown in excerpts and kept in the run's record.
#pragma once

#include <string>

namespace assay {

struct SourceText {
  std::string name;  // as the user wrote it, or as it was reached from there
  std::string text;
};

}  // namespace assay
