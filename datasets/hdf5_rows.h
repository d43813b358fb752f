// Rows of arrays in an HDF5 file, read without HDF5: where they lie is found out once, by HDF5 in a process
// apart, as it does not survive every damaged file.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "datasets/array_columns.h"

namespace assay::datasets {

class Hdf5Rows {
 public:
  /// Looks for the arrays of these names. Throws Kind::data, naming the file: it is no HDF5 file, or damaged,
  /// lacks one of them (and which there are), or holds it in a way that cannot be read.
  Hdf5Rows(const std::string& path, const std::vector<std::string>& names);

  /// One of them. What it reads with is kept alive by it.
  FileArray array(const std::string& name) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace assay::datasets
