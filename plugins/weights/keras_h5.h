// Keras's .h5 files: whole models as model.save("x.h5") writes them, and .weights.h5 of Keras 3.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "registry/contracts/weights.h"

namespace assay::weights {

struct KerasH5Params {
  std::map<std::string, std::vector<std::int64_t>> flatten;
  Path like;

  static std::vector<std::string> endings() { return {".weights.h5", ".keras.h5"}; }
  static constexpr bool is_written = true;

  static void describe(Fields<KerasH5Params>& f) {
    f.about(
        "Weights of Keras: kernels with their axes turned, the gates of LSTM and GRU in PyTorch's order, "
        "moving means "
        "as buffers; names as `conv2d_1.weight`. Writing puts the numbers back into a copy of a file that "
        "Keras "
        "wrote. What else decides outputs is the model's to say: Keras's batch_norm has eps 0.001, its "
        "padding `same` "
        "pads more at the end where the step is 2.");
    f.source("keras.src.saving; keras.layers");
    f("flatten", &KerasH5Params::flatten,
      "by dense layer behind a Flatten, the shape that is flattened in Keras, as `{dense: [4, 4, 16]}`: "
      "height, "
      "width, channels. [512] says that nothing is "
      "flattened");
    f("like", &KerasH5Params::like, "to write: the file of Keras whose copy gets the weights");
  }
};

/// HDF5 reads files in a process apart, with memory for twice the file and 64 MiB; arrays are turned one at a
/// time.
class KerasH5 final : public Weights {
 public:
  using Params = KerasH5Params;
  KerasH5(const Params& params, const Needs&) : params_(params) {}
  WeightFile read(const std::string& path) const override;
  void write(const std::string& path, const WeightFile& file) const override;

 private:
  Params params_;
};

}  // namespace assay::weights
