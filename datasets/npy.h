// Arrays saved by NumPy: `dataset: {type: npy, inputs: x.npy, target: y.npy, task: classification}`.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/dataset.h"

namespace assay::datasets {

struct NpyParams {
  Path inputs;
  Path target;
  std::string task;
  std::vector<std::string> classes;

  static constexpr bool reads_input = true;
  /// 70/15/15, stratified for classes.
  DatasetOutline outline() const;

  static void describe(Fields<NpyParams>& f) {
    f.about(
        "Two files of numpy.save, packed or not, whose first axes are the rows. x keeps its type and shape; "
        "files of Python objects are refused.");
    f("inputs", &NpyParams::inputs, "file of inputs [rows, ...]", required);
    f("target", &NpyParams::target,
      "file of what to predict: whole numbers from 0 [rows], or numbers [rows] or [rows, targets]", required);
    f("task", &NpyParams::task, "classification or regression", required,
      one_of({"classification", "regression"}));
    f("classes", &NpyParams::classes,
      "names of the classes 0, 1, ... (default: as many classes as the largest number says)");
    f.check("classes are written for classification only",
            [](const NpyParams& p) { return p.classes.empty() || p.task == "classification"; });
  }
};

/// Columns x, and y: i64 [rows], or f32 [rows, targets].
class Npy final : public TableDataset {
 public:
  using Params = NpyParams;
  Npy(const Params& params, const Needs& needs);

 private:
  void read_inputs(const Needs& needs);
};

}  // namespace assay::datasets
