// Weights of assay's own: the newest best or last checkpoint of a run, or a checkpoint file.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/weights.h"

namespace assay::weights {

struct RunParams {
  std::string take = "best";
  bool averaged = true;

  static std::vector<std::string> endings() { return {".h5"}; }
  static constexpr bool is_written = true;

  static void describe(Fields<RunParams>& f) {
    f.about(
        "Parameters and buffers of a checkpoint of assay: of a run's folder, or a file of its own. Written "
        "as a "
        "checkpoint that holds a model alone (docs/formats/checkpoint.md).");
    f("take", &RunParams::take, "of a run's folder: the checkpoint, `best` where there is one, else the last",
      one_of({"best", "last"}));
    f("averaged", &RunParams::averaged, "take averaged weights (train.ema) where there are any");
  }
};

/// A checkpoint that a run's record vouches for is compared with its digest; HDF5 reads all of them in a
/// process apart, with memory for twice the file and 64 MiB.
class Run final : public Weights {
 public:
  using Params = RunParams;
  Run(const Params& params, const Needs&) : params_(params) {}
  WeightFile read(const std::string& path) const override;
  void write(const std::string& path, const WeightFile& file) const override;

 private:
  Params params_;
};

}  // namespace assay::weights
