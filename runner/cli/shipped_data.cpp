#include "runner/cli/shipped_data.h"

#include "core/io/files.h"
#include "registry/plugin.h"
#include "runner/cli/build_info.h"

namespace assay::cli {

std::string shipped_data() {
  const std::string installed = absolute_path(join_path(library_folder(), "../share/assay"));
  return is_folder(installed) ? installed : build_info::source_data;
}

}  // namespace assay::cli
