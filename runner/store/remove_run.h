// Taking runs away, and what ended runs have left behind.
//
// A run that is removed loses its name first, by one rename, so that it is whole or gone for everybody; what
// stands under the name `.removing-...` is deleted then. If that fails, the rest is found by find_waste.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runner/store/summary.h"

namespace assay::store {

/// Removes a run with all it holds. Throws Kind::store if somebody works on it, or if something of it could
/// not be removed: the message says what is left. Throws Kind::usage for a trial of a study.
void remove_run(const std::string& folder);

/// Removes a folder <name>/<id> in the same way, without a look at who works on it. Throws Kind::store: it is
/// as it was, or the message says what is left of it.
void remove_whole(const std::string& folder);

/// The folder of the study whose trial a run's folder is; nothing for other runs.
std::optional<std::string> study_of_trial(const std::string& folder);

/// Of all files below it.
std::uint64_t bytes_below(const std::string& folder);

/// A file or folder that nothing needs.
struct Waste {
  std::string path;
  std::uint64_t bytes = 0;
  std::string why;  // for people
};

/// Below a folder of runs: `*.tmp` that killed processes left (an hour old at least), what is left of removed
/// runs; of finished runs checkpoints that their records do not keep, and journals that say nothing beyond
/// run.h5. A journal stays while an attempt of the run may be alive: until it is seen to be dead, or for a
/// week if it cannot be seen from here. Nothing of runs that are running. Nothing is changed.
/// on_progress, if there is one, is called with how many runs were looked at.
std::vector<Waste> find_waste(const std::vector<RunSummary>& runs, const std::string& runs_dir,
                              const std::function<void(std::size_t)>& on_progress = {});

/// Throws Kind::store.
void remove_waste(const Waste& waste);

}  // namespace assay::store
