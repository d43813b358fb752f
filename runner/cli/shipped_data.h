// What comes with assay: small data sets, presets and a plugin.
#pragma once

#include <string>

namespace assay::cli {

/// share/assay beside an installed libassay, else datasets/data of the tree that this was built from.
std::string shipped_data();

/// The folder with its presets: share/assay/configs, else configs of that tree. Absolute.
std::string shipped_configs();

/// The folder with its published experiments: share/assay/experiments, else experiments of that tree.
std::string shipped_experiments();

/// The plugin that `assay new plugin` writes under other names: share/assay/example, else plugins/example of
/// that tree.
std::string shipped_plugin();

/// What pages of `assay report` are made of: share/assay/report, else runner/report/web of that tree.
std::string shipped_page();

/// The plotting library for them, packed, which need not be there: plotly.min.js.gz in share/assay/report,
/// else in build/plotly of that tree, where scripts/setup puts it.
std::string shipped_plotly();

}  // namespace assay::cli
