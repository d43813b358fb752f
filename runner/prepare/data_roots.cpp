#include <cstdlib>

#include "core/io/files.h"
#include "core/io/user_cache.h"
#include "runner/prepare/prepare.h"

namespace assay {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

std::vector<std::string> data_roots(const std::string& written, const std::string& shipped) {
  std::vector<std::string> roots;
  for (const std::string& root : {written, environment("ASSAY_DATA"), shipped, user_cache()}) {
    if (!root.empty()) roots.push_back(absolute_path(root));
  }
  return roots;
}

std::vector<std::string> data_roots(const Experiment& experiment, const std::string& shipped) {
  return data_roots(experiment.dataset.shared().root.text, shipped);
}

}  // namespace assay
