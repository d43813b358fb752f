// In which numbers a model computes (`train.precision`). Weights, gradients and optimizers stay in f32; bf16
// and fp16 are LibTorch's autocast: matrix products and convolutions in 16 bits, sums, norms and losses
// in 32.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

namespace assay::engine {

enum class Precision { fp32, tf32, bf16, fp16 };

/// Of the config's word.
Precision precision_of(const std::string& word);

/// What LibTorch keeps for the whole process; before anything is computed. tf32: products of f32 matrices on
/// CUDA may round their factors to 10 bits. flush_denormals: numbers below 1.2e-38 become 0, on the calling
/// thread and those that it starts afterwards.
void configure_precision(Precision precision, bool flush_denormals);

/// While it lives, the calling thread's operations are autocast, if the precision asks for it. Weights that
/// were cast are forgotten at the end.
class Autocast {
 public:
  Autocast(Precision precision, at::Device device);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool is_on_;
  at::DeviceType device_;
};

}  // namespace assay::engine
