// safetensors: a JSON header with the place of every tensor, then the bytes. Source: the format's description
// in the repository huggingface/safetensors.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/weights.h"

namespace assay::weights {

struct SafetensorsParams {
  static std::vector<std::string> endings() { return {".safetensors"}; }
  static constexpr bool is_written = true;

  static void describe(Fields<SafetensorsParams>& f) {
    f.about(
        "safetensors, as of Hugging Face. Written with the tensors in their order in the header, and in the "
        "order "
        "of their alignment behind it.");
    f.source("https://github.com/huggingface/safetensors");
  }
};

/// Takes no memory beyond 40 times the header, which is at most 100,000,000 bytes.
class Safetensors final : public Weights {
 public:
  using Params = SafetensorsParams;
  Safetensors(const Params&, const Needs&) {}
  WeightFile read(const std::string& path) const override;
  void write(const std::string& path, const WeightFile& file) const override;
};

}  // namespace assay::weights
