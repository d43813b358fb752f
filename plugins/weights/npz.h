// NumPy's .npz: a zip file of .npy arrays.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/weights.h"

namespace assay::weights {

struct NpzParams {
  static std::vector<std::string> endings() { return {".npz"}; }
  static constexpr bool is_written = true;

  static void describe(Fields<NpzParams>& f) {
    f.about(
        "Arrays of NumPy, as numpy.savez and numpy.savez_compressed write them. bf16, which NumPy does not "
        "have, is "
        "two bytes of type V2: view them as ml_dtypes.bfloat16. Written unpacked.");
    f.source("numpy.lib.format; PKWARE's APPNOTE.TXT 6.3");
  }
};

/// Packed arrays are unpacked one at a time, when they are asked for, and never to more than their entries
/// say.
class Npz final : public Weights {
 public:
  using Params = NpzParams;
  Npz(const Params&, const Needs&) {}
  WeightFile read(const std::string& path) const override;
  void write(const std::string& path, const WeightFile& file) const override;
};

}  // namespace assay::weights
