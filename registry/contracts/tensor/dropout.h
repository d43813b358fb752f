// Dropout as a part of a model: knows its path, so that every dropout of a model draws from a stream of its
// own.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "core/random.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/contracts/tensor/module.h"

namespace assay {

/// Inverted dropout (registry/contracts/tensor/random_ops.h) from Stream(context.seed, "dropout/" + path),
/// and "#n" at its end in repetition n of shared layers.
class Dropout final : public Module {
 public:
  /// What is zeroed or kept as a whole: elements, or channels of [batch, channels, ...].
  enum class Unit { element, channel };

  /// p: chance that one is zeroed, at least 0 and below 1.
  explicit Dropout(double p, Unit unit = Unit::element) : p_(p), unit_(unit) {}

  /// x [batch, ...] float to the same shape. The identity unless context.is_random().
  at::Tensor operator()(const at::Tensor& x, const Context& context);

 private:
  void on_named() override;
  const Stream& stream(const Context& context);

  double p_;
  Unit unit_;
  Stream stream_;  // of seed_, repetition_ and the path
  std::uint64_t seed_ = 0;
  std::uint32_t repetition_ = 0;
  bool has_stream_ = false;
};

}  // namespace assay
