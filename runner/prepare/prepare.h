// From a checked config to data that a model can train on: reads the data set, splits it, fits the transforms
// on the training rows and applies them to all, and checks everything that needs the data to be known.
// Without LibTorch.
//
//   std::vector<Problem> warnings;
//   const Prepared prepared = prepare(experiment, parts, data_roots(experiment, shipped), warnings);
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "registry/contracts/state.h"
#include "registry/implementations.h"

namespace assay {

/// Holds all rows in memory, as f32 after the transforms. Inputs that are still small integers (u8, i8, i16,
/// i32), booleans or f64 then become f32, integers with a warning; i64 stays, for models that look things up.
/// Throws Error with every problem found: Kind::data for what is wrong with the data, else Kind::config for
/// what the config asks of it (parts that have no rows, shapes that do not fit the model).
Prepared prepare(const Experiment& experiment, const Implementations& parts,
                 const std::vector<std::string>& data_roots, std::vector<Problem>& warnings);

/// The same for an experiment whose `dataset` is that of the one which `data` was prepared for, with all that
/// is below it: no file is read again. Throws Kind::config as above.
Prepared prepare_again(const Experiment& experiment, const Implementations& parts, Prepared data,
                       std::vector<Problem>& warnings);

/// Data for a model that is trained.
struct TrainedOn {
  const State& checkpoint;  // has the transforms, as they were fitted, and the legend of the data
  /// False: the data that it was trained on, split as then. True: others, read by the legend.
  bool is_other = false;
  /// Of other data: the file or folder to read instead of the data set's own, and whether it has targets.
  std::string input = {};
  bool is_labelled = true;
  /// Of other data: by the config's split; else all rows, as Prepared::rows.test.
  bool is_split = false;
};

/// Nothing is fitted, and nothing is checked that only training asks for. Rows without targets leave
/// Prepared::target empty; Prepared::groups and memory are as for nothing. Throws as prepare, and Kind::store
/// where the checkpoint lacks what is needed.
Prepared prepare_for_trained(const Experiment& experiment, const Implementations& parts,
                             const std::vector<std::string>& data_roots, const TrainedOn& trained,
                             std::vector<Problem>& warnings);

/// Where data may lie, first match wins: `dataset.root`, the environment's ASSAY_DATA, `shipped` (the folder
/// with the data that ships; may be empty), $XDG_CACHE_HOME/assay or ~/.cache/assay. Absolute paths; they
/// need not exist.
std::vector<std::string> data_roots(const Experiment& experiment, const std::string& shipped);
/// The same where there is no experiment: `written` stands for its dataset.root, or is empty.
std::vector<std::string> data_roots(const std::string& written, const std::string& shipped);

}  // namespace assay
