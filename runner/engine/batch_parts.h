// A batch in parts of so many rows, one after the other: views, no copies (`train.accumulate`).
#pragma once

#include <cstdint>

#include "registry/contracts/tensor/batch.h"

namespace assay::engine {

class BatchParts {
 public:
  explicit BatchParts(std::int64_t rows_per_part) : rows_(rows_per_part) {}

  /// `whole` outlives its parts.
  void start(const Batch& whole);
  /// Null after the last one, which may be smaller. It is overwritten by the next.
  const Batch* next();
  std::int64_t rows_per_part() const { return rows_; }

 private:
  const Batch* whole_ = nullptr;
  std::int64_t rows_;
  std::int64_t first_ = 0;
  Batch part_;
};

}  // namespace assay::engine
