// Arrays in an HDF5 file: `dataset: {type: hdf5, file: cells.h5, inputs: [images], target: labels, task:
// classification}`.
#pragma once

#include "datasets/array_columns.h"

namespace assay::datasets {

struct Hdf5Params : ArrayOptions {
  Path file;

  static void describe(Fields<Hdf5Params>& f) {
    f.about(
        "Datasets of an HDF5 file, by path: arrays of numbers, whose first axes are the rows. Inputs are "
        "read "
        "row by row, so that the file may be larger than memory. Read are arrays in one piece and in chunks, "
        "plain or packed by gzip with or without shuffle, of little-endian numbers.");
    f("file", &Hdf5Params::file, "the file", required);
    describe_arrays(f);
  }
};

class Hdf5 final : public ArrayColumns {
 public:
  using Params = Hdf5Params;
  Hdf5(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
