#include "runner/cli/checked.h"

#include <optional>
#include <utility>

#include "runner/cli/plugins.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/sweep_note.h"
#include "runner/config/blocks.h"
#include "runner/config/provenance.h"
#include "runner/config/secrets.h"
#include "runner/prepare/prepare.h"

namespace assay::cli {

Prepared checked_data(const LoadedConfig& config, const Registry& registry, const Implementations& parts,
                      const std::vector<std::string>& data_roots, std::vector<Problem>& warnings) {
  std::vector<Problem> problems = missing_secrets(config, registry);
  Kind kind = Kind::config;
  std::optional<Prepared> prepared;
  try {
    prepared = prepare(config.experiment, parts, data_roots, warnings);
  } catch (const Error& error) {
    kind = error.kind();
    problems.insert(problems.end(), error.problems().begin(), error.problems().end());
  }
  place(problems, config.composed);
  place(warnings, config.composed);
  note_overrides(problems, config.composed, Cause::related);
  note_blocks(problems, config.blocks);
  if (!problems.empty()) problems.insert(problems.begin(), warnings.begin(), warnings.end());
  throw_if_any(kind, problems);
  return std::move(*prepared);
}

Checked checked(const ConfigArguments& arguments, Registry& registry) {
  arguments.require_overrides();
  return checked(arguments.request(), registry);
}

Checked checked(const ConfigRequest& request, Registry& registry) {
  LoadedConfig config = load_with_plugins(request, registry);
  Implementations parts = known_parts(registry);
  std::vector<Problem> warnings = config.warnings;
  set_sweep_aside(config, request, registry, parts, warnings);
  Prepared prepared =
      checked_data(config, registry, parts, data_roots(config.experiment, shipped_data()), warnings);
  return {std::move(config), std::move(parts), std::move(prepared), std::move(warnings), registry.plugins()};
}

}  // namespace assay::cli
