// PyTorch's .pt and .pth files: a zip file with a pickle and a file for each storage. Files of PyTorch
// before 1.6 (no zip) are read as well.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/weights.h"

namespace assay::weights {

struct PtParams {
  static std::vector<std::string> endings() { return {".pt", ".pth", ".bin", ".ckpt"}; }
  static constexpr bool is_written = true;

  static void describe(Fields<PtParams>& f) {
    f.about(
        "Tensors that PyTorch saved: a state dict, or maps and lists of them, whose keys are joined by dots. "
        "Nothing "
        "in the file is run; what is no tensor, number or text is refused by its name. Written as torch.save "
        "writes "
        "a state dict, for torch.load(weights_only=True) and mmap=True.");
    f.source("torch.serialization; torch/_weights_only_unpickler.py");
  }
};

/// Storages are read from their places; tensors that do not lie in row-major order are brought into it one at
/// a time. Takes no memory beyond 256 times the pickle, and for such a tensor its storage and itself.
class Pt final : public Weights {
 public:
  using Params = PtParams;
  Pt(const Params&, const Needs&) {}
  WeightFile read(const std::string& path) const override;
  void write(const std::string& path, const WeightFile& file) const override;
};

}  // namespace assay::weights
