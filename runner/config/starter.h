// Commented configs to begin with, one per task.
#pragma once

#include <string>
#include <vector>

namespace assay {

struct Starter {
  std::string name;   // "regression"
  std::string about;  // one line
};

std::vector<Starter> starters();

/// The text of a starter: YAML that is right as it is. data_folder: where the tables that ship lie; a starter
/// names one of them until its reader names another. name must be one of starters().
std::string starter_config(const std::string& name, const std::string& data_folder);

}  // namespace assay
