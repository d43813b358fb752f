// What one process does of the work that several share: a part of every batch that is trained on, whole
// batches of what is judged. Both are stretches in the order of one process, by rank.
#pragma once

#include <cstdint>
#include <vector>

namespace assay::engine {

struct Stretch {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// Of so many things those of one rank; the first ranks have one more where they do not come out even, the
/// last may have none.
Stretch share_of(std::int64_t things, int rank, int size);

/// Of the rows of an epoch those that a rank trains on, batch by batch: with share_of(batch_size).count of
/// them in each but the last, which has its share of what is left, if it is not dropped.
std::vector<std::int64_t> rows_to_train_on(const std::vector<std::int64_t>& rows, std::int64_t batch_size,
                                           bool drops_last, int rank, int size);

/// Of the rows of a split those that a rank judges: whole batches of batch_size, so that what a row scores
/// does not depend on how many share the work.
std::vector<std::int64_t> rows_to_judge(const std::vector<std::int64_t>& rows, std::int64_t batch_size,
                                        int rank, int size);

}  // namespace assay::engine
