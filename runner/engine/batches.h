// Rows to batches. Data lies on the device as one tensor per column, and a batch is gathered from it by index
// into buffers that every batch uses again; inputs that are too large for that are read ahead by threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/implementations.h"
#include "runner/engine/augmenter.h"
#include "runner/engine/read_ahead.h"

namespace assay::engine {

/// All rows of all splits. On the CPU the tensors are the prepared arrays themselves; windows are views of
/// one series, wherever it lies.
struct DeviceData {
  const Prepared& prepared;
  at::Device device;
  /// [rows, ...] each, or undefined where inputs are read while they are needed: those that are streamed, and
  /// those in memory of which the device has too little.
  std::vector<std::pair<std::string, at::Tensor>> inputs;
  at::Tensor target;    // [rows] or [rows, targets]; undefined if there is none
  Augmenter augmenter;  // of the one input
  ReadAheadOptions ahead;

  /// As it was prepared: nothing is augmented.
  DeviceData(const Prepared& prepared_data, at::Device on);
  /// With what the experiment says of its data beyond that. prepared_data must outlive this.
  DeviceData(const Experiment& experiment, const Prepared& prepared_data, const Implementations& parts,
             at::Device on);

  bool is_read_ahead() const { return !inputs.front().second.defined(); }
};

/// Goes through rows batch by batch.
class Batches {
 public:
  /// data must outlive it. The last batch of an order may be smaller; drops_last leaves it out.
  Batches(const DeviceData& data, std::int64_t batch_size, bool drops_last = false);
  Batches(const Batches&) = delete;  // tensors look into rows_
  Batches& operator=(const Batches&) = delete;

  /// The rows to go through, in this order; starts at batch number `first`. What is augmented draws as
  /// `context` says, whose ids do not matter; by default it does what it does in evaluation.
  void start(std::vector<std::int64_t> rows, std::int64_t first = 0, const Context& context = {});
  /// The same rows once more.
  void restart() { go_to(0); }
  /// Gathers the next batch; null at the end of the rows. It is overwritten by the next one, tensors and all:
  /// whoever needs it longer copies it. Throws what reading throws.
  const Batch* next();

  const std::vector<std::int64_t>& rows() const { return rows_; }
  /// Seconds spent waiting for what is read ahead.
  double waited_s() const { return reader_ ? reader_->waited_s() : 0; }

 private:
  /// A batch of one size and the tensors it holds, to write to.
  struct Buffer {
    Batch batch;
    std::vector<at::Tensor> tensors;  // as DeviceData: inputs, then the target
  };
  void go_to(std::int64_t row);
  Buffer make_buffer(std::int64_t size) const;
  /// The first `size` rows of `whole`: no memory of its own.
  Buffer part_of(const Buffer& whole, std::int64_t size) const;
  Buffer buffer_over(std::vector<at::Tensor> tensors, std::int64_t size) const;
  Buffer& buffer_of(std::int64_t size);
  void gather_inputs(Buffer& buffer, const at::Tensor& indices) const;
  void take_inputs(Buffer& buffer);
  void copy_to_device(const std::vector<at::Tensor>& from, Buffer& buffer);
  void augment(Buffer& buffer);

  const DeviceData& data_;
  std::int64_t batch_size_;
  bool drops_last_;
  std::vector<std::int64_t> rows_;
  at::Tensor indices_;  // the same, on the device
  std::int64_t next_row_ = 0;
  Context context_;
  Buffer full_;
  Buffer partial_;
  std::optional<c10::Event> copied_;  // what was read ahead is on the device
  std::optional<ReadAhead> reader_;   // after rows_, which its threads look at
};

}  // namespace assay::engine
