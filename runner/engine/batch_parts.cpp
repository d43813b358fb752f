#include "runner/engine/batch_parts.h"

#include <algorithm>

namespace assay::engine {

void BatchParts::start(const Batch& whole) {
  whole_ = &whole;
  first_ = 0;
}

const Batch* BatchParts::next() {
  const std::int64_t rows = std::min(rows_, whole_->size() - first_);
  if (rows <= 0) return nullptr;
  for (const auto& [name, tensor] : whole_->inputs.all()) {
    part_.inputs.set(name, tensor.narrow(0, first_, rows));
  }
  if (whole_->target.defined()) part_.target = whole_->target.narrow(0, first_, rows);
  const auto from = whole_->ids.begin() + first_;
  part_.ids.assign(from, from + rows);
  first_ += rows;
  return &part_;
}

}  // namespace assay::engine
