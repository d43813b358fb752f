// Which places of targets a metric looks at.
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>

#include "registry/contracts/state.h"

namespace assay::metrics {

/// Counts the places of targets, all but those of an ignored class, without waiting for the device.
class Places {
 public:
  Places(std::optional<std::int64_t> ignored, at::Device device);

  void reset();
  /// target: i64, any shape.
  void add(const at::Tensor& target);
  bool are_all_counted() const { return !ignored_; }
  /// Of a value for each place, those that count; the others become 0. Same shapes.
  at::Tensor only_counted(const at::Tensor& values, const at::Tensor& target) const;
  /// Waits for the device.
  std::int64_t count() const;
  void save(StateWriter& out) const;
  void load(const StateReader& in);
  /// Adds what another one counted.
  void merge(const StateReader& other);

 private:
  std::optional<std::int64_t> ignored_;
  std::int64_t seen_ = 0;
  at::Tensor passed_over_;  // 0-d i64; undefined where nothing is ignored
};

}  // namespace assay::metrics
