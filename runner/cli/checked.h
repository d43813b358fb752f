// What `check` decides and `run` rests on: a config whose data, secrets and shapes are in order.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/prepared.h"
#include "registry/implementations.h"
#include "runner/cli/config_arguments.h"

namespace assay::cli {

/// A config that was loaded, with everything else that can be checked without a device. Throws every problem
/// at once, each with its place and the overrides that may have caused it. data_roots: where data may lie,
/// first match wins.
Prepared checked_data(const LoadedConfig& config, const Registry& registry, const Implementations& parts,
                      const std::vector<std::string>& data_roots, std::vector<Problem>& warnings);

/// An experiment that passed every check, with what it needs to run.
struct Checked {
  LoadedConfig config;
  Implementations parts;
  Prepared prepared;
  std::vector<Problem> warnings;  // of the config, then of the data
  std::vector<PluginInfo> plugins;
};

/// The experiment of a command line. Points into the registry.
Checked checked(const ConfigArguments& arguments, Registry& registry);
/// The experiment of a request, which gets plugins that it names.
Checked checked(const ConfigRequest& request, Registry& registry);

}  // namespace assay::cli
