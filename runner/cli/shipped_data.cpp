#include "runner/cli/shipped_data.h"

#include "core/io/files.h"
#include "registry/plugin.h"
#include "runner/cli/build_info.h"

namespace assay::cli {
namespace {

std::string installed_or(const char* installed, const char* in_the_tree) {
  const std::string path = absolute_path(join_path(library_folder(), installed));
  return is_folder(path) ? path : in_the_tree;
}

}  // namespace

std::string shipped_data() { return installed_or("../share/assay", build_info::source_data); }

std::string shipped_configs() { return installed_or("../share/assay/configs", build_info::source_configs); }

std::string shipped_experiments() {
  return installed_or("../share/assay/experiments", build_info::source_experiments);
}

std::string shipped_plugin() { return installed_or("../share/assay/example", build_info::source_plugin); }

std::string shipped_page() { return installed_or("../share/assay/report", build_info::source_page); }

std::string shipped_plotly() {
  return join_path(installed_or("../share/assay/report", build_info::source_plotly), "plotly.min.js.gz");
}

}  // namespace assay::cli
