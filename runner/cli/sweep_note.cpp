#include "runner/cli/sweep_note.h"

#include <utility>

#include "core/text.h"
#include "runner/sweep/study.h"

namespace assay::cli {
namespace {

void erase_sweep(Json& map) {
  std::erase_if(map.entries(), [](const auto& entry) {
    return entry.first == "sweep" || entry.first.starts_with("sweep.");
  });
}

}  // namespace

void set_sweep_aside(LoadedConfig& config, const ConfigRequest& request, const Registry& registry,
                     const Implementations& parts, std::vector<Problem>& warnings) {
  if (!config.experiment.sweep) return;
  const sweep::Study study(request, registry, parts);
  Problem warning{config.composed.find("sweep")->where(), "sweep",
                  text("describes ", count_text(study.layout().n_trials(), "trial"),
                       ", but this is about one run, with the values of the rest of the config"),
                  "to be silent about it: --unset sweep"};
  warning.is_warning = true;
  warnings.push_back(std::move(warning));
  config.experiment.sweep.reset();
  config.composed.erase("sweep");
  erase_sweep(config.resolved);
  erase_sweep(config.provenance);
}

}  // namespace assay::cli
