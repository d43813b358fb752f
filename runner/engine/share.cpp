#include "runner/engine/share.h"

#include <algorithm>

namespace assay::engine {
namespace {

using RowNumbers = std::vector<std::int64_t>;

void append(const RowNumbers& rows, std::int64_t first, std::int64_t count, RowNumbers& out) {
  out.insert(out.end(), rows.begin() + first, rows.begin() + first + count);
}

}  // namespace

Stretch share_of(std::int64_t things, int rank, int size) {
  const std::int64_t each = things / size, left = things % size;
  return {rank * each + std::min<std::int64_t>(rank, left), each + (rank < left ? 1 : 0)};
}

RowNumbers rows_to_train_on(const RowNumbers& rows, std::int64_t batch_size, bool drops_last, int rank,
                            int size) {
  RowNumbers out;
  const auto all = static_cast<std::int64_t>(rows.size());
  for (std::int64_t first = 0; first < all; first += batch_size) {
    const std::int64_t in_batch = std::min(batch_size, all - first);
    if (drops_last && in_batch < batch_size) break;
    const Stretch own = share_of(in_batch, rank, size);
    append(rows, first + own.first, own.count, out);
  }
  return out;
}

RowNumbers rows_to_judge(const RowNumbers& rows, std::int64_t batch_size, int rank, int size) {
  const auto all = static_cast<std::int64_t>(rows.size());
  const Stretch own = share_of((all + batch_size - 1) / batch_size, rank, size);
  const std::int64_t first = std::min(all, own.first * batch_size);
  RowNumbers out;
  append(rows, first, std::min(all - first, own.count * batch_size), out);
  return out;
}

}  // namespace assay::engine
