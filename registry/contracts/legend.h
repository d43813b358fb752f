// What the numbers of a data set stand for: the names of classes, of the columns of a table, of categories,
// the tokens of a vocabulary. It is found when data is read to train on and kept in every checkpoint, so that
// other data can be read as the model knows it, wherever that was trained:
//
//   const DataLegend legend = legend_of(dataset.facts(), task);
//   legend.save(out);                                                   // into the checkpoint
//   ...
//   const DataLegend legend = DataLegend::load(in);
//   parts.build(slot, {roots, &legend, "new.csv", /*is_labelled=*/false})   // rows to predict
#pragma once

#include <optional>
#include <vector>

#include "registry/contracts/dataset.h"
#include "registry/contracts/state.h"

namespace assay {

struct DataLegend {
  Task task;                       // with its outputs and class counts: those that the model was trained for
  std::vector<ColumnInfo> inputs;  // as they are read, in the order in which the model sees them
  std::optional<NumberedColumns> numbered;  // as DatasetFacts::numbered

  /// One text, `legend`, of JSON.
  void save(StateWriter& out) const;
  /// Throws Kind::store if there is none or it is damaged.
  static DataLegend load(const StateReader& in);
};

/// task: as training left it, with its outputs known.
DataLegend legend_of(const DatasetFacts& facts, const Task& task);

/// The name of class `number`: the number itself where classes have no names.
std::string class_name(const Task& task, std::int64_t number);
/// Of all classes, in order.
std::vector<std::string> class_names(const Task& task);

/// Whether `facts` are of data that a model of this legend can see: the same inputs of the same sizes and
/// kinds of numbers, and with a target the same task and no class that is not known. Adds what is not,
/// without a place.
void check_legend(const DatasetFacts& facts, const DataLegend& legend, bool is_labelled,
                  std::vector<Problem>& problems);

}  // namespace assay
