// Rows to batches. All data lies on the device as one tensor per column; a batch is gathered from it by index
// into buffers that every batch uses again.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/prepared.h"
#include "registry/contracts/tensor/batch.h"

namespace assay::engine {

/// All rows of all splits. On the CPU the tensors are the prepared arrays themselves; windows are views of
/// one series, wherever it lies.
struct DeviceData {
  std::vector<std::pair<std::string, at::Tensor>> inputs;  // [rows, ...] each
  at::Tensor target;  // [rows] or [rows, targets]; undefined if there is none

  DeviceData(const Prepared& prepared, at::Device device);
};

/// Goes through rows batch by batch.
class Batches {
 public:
  /// data must outlive it. The last batch of an order may be smaller; drops_last leaves it out.
  Batches(const DeviceData& data, std::int64_t batch_size, bool drops_last = false);
  Batches(const Batches&) = delete;  // tensors look into rows_
  Batches& operator=(const Batches&) = delete;

  /// The rows to go through, in this order; starts at batch number `first`.
  void start(std::vector<std::int64_t> rows, std::int64_t first = 0);
  /// The same rows once more.
  void restart() { next_row_ = 0; }
  /// Gathers the next batch; null at the end of the rows. It is overwritten by the next one, tensors and all:
  /// whoever needs it longer copies it.
  const Batch* next();

  const std::vector<std::int64_t>& rows() const { return rows_; }

 private:
  /// A batch of one size and the tensors it holds, to write to.
  struct Buffer {
    Batch batch;
    std::vector<at::Tensor> tensors;  // as DeviceData: inputs, then the target
  };
  Buffer make_buffer(std::int64_t size) const;
  /// The first `size` rows of `whole`: no memory of its own.
  Buffer part_of(const Buffer& whole, std::int64_t size) const;
  Buffer buffer_over(std::vector<at::Tensor> tensors, std::int64_t size) const;
  Buffer& buffer_of(std::int64_t size);

  const DeviceData& data_;
  std::int64_t batch_size_;
  bool drops_last_;
  std::vector<std::int64_t> rows_;
  at::Tensor indices_;  // the same, on the device
  std::int64_t next_row_ = 0;
  Buffer full_;
  Buffer partial_;
};

}  // namespace assay::engine
