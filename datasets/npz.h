// Arrays saved by NumPy into one file: `dataset: {type: npz, file: mnist.npz, task: classification}`.
#pragma once

#include "datasets/array_columns.h"

namespace assay::datasets {

struct NpzParams : ArrayOptions {
  Path file;

  static void describe(Fields<NpzParams>& f) {
    f.about(
        "A file of numpy.savez or numpy.savez_compressed: arrays by name, whose first axes are the rows. It "
        "is "
        "read into memory; arrays of Python objects are refused.");
    f("file", &NpzParams::file, "the file", required);
    describe_arrays(f);
  }
};

class Npz final : public ArrayColumns {
 public:
  using Params = NpzParams;
  Npz(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
