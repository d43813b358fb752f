// Predictions as a file: a table of text, or arrays in HDF5. docs/formats/predictions.md has both.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/inference.h"
#include "registry/contracts/task.h"

namespace assay::cli {

/// What predictions are of.
struct PredictedRows {
  const Predictions& predictions;
  const Task& task;                           // classification or regression
  const std::vector<std::string>& row_names;  // of image files; empty: rows have none
};

/// Where they come from, for the file's attributes.
struct PredictionSource {
  std::string run;  // "digits-mlp/3f2a91c0de"
  std::int64_t step = 0;
  std::string input;
  std::int64_t passes = 1;
  bool has_dropout = false;
};

/// A header and a line a row (RFC 4180, but for line ends of one character): `file` where rows have names;
/// then `prediction` and `probability_<class>` of each class, or `prediction` (`prediction_0`, ... of several
/// targets); with passes each of the numbers is followed by its `_sd`. Numbers are the shortest that read
/// back as the same 32-bit one.
std::string predictions_csv(const PredictedRows& rows);

/// The bytes of the HDF5 file.
std::string predictions_h5(const PredictedRows& rows, const PredictionSource& source);

}  // namespace assay::cli
