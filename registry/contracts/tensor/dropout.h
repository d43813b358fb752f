// Dropout as a part of a model: knows its path, so that every dropout of a model draws from a stream of its
// own.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "core/random.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/contracts/tensor/module.h"

namespace assay {

/// Inverted dropout (registry/contracts/tensor/random_ops.h) from Stream(context.seed, "dropout/" + path).
class Dropout final : public Module {
 public:
  /// p: chance that an element is zeroed, at least 0 and below 1.
  explicit Dropout(double p) : p_(p) {}

  /// x [batch, ...] float to the same shape. The identity unless context.is_random().
  at::Tensor operator()(const at::Tensor& x, const Context& context);

 private:
  void on_named() override;
  const Stream& stream(std::uint64_t seed);

  double p_;
  Stream stream_;  // of seed_ and the path
  std::uint64_t seed_ = 0;
  bool has_stream_ = false;
};

}  // namespace assay
