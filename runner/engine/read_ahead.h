// Inputs that do not lie in memory, read before they are needed: threads gather and transform whole batches,
// which come out in order.
//
//   ReadAhead reader(prepared, {.batches = 4, .workers = 2}, /*pins=*/false);
//   reader.start(rows, 64);
//   const std::vector<at::Tensor>& inputs = reader.next();
//
// What is read does not depend on how many threads read it, or when: each batch is a function of its rows.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/prepared.h"

namespace assay::engine {

struct ReadAheadOptions {
  std::int64_t batches = 4;  // ready or being read, at most
  std::int64_t workers = 2;  // threads, of which none lives between two passes
};

class ReadAhead {
 public:
  /// prepared must outlive it. pins: into page-locked memory, for copies to a device.
  ReadAhead(const Prepared& prepared, ReadAheadOptions options, bool pins);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() { stop(); }

  /// Begins a pass: batches of `batch_size` of these rows, the last one with what is left. The rows must stay
  /// until the pass is over. Ends the pass before.
  void start(std::span<const std::int64_t> rows, std::int64_t batch_size);
  /// The next batch of each input [batch, ...], once it is there; to be used until the next call. Throws what
  /// reading it threw: batches before it were whole.
  const std::vector<at::Tensor>& next();
  /// Ends the pass, wherever it is: returns once every thread is gone, each at the end of its batch.
  void stop();

  bool is_running() const { return !threads_.empty(); }
  /// Seconds that next() has waited for batches, over all passes.
  double waited_s() const { return waited_s_; }

 private:
  /// A place for a batch. A worker has it from `claimed_` until is_read, then the one who asks.
  struct Place {
    std::vector<at::Tensor> whole;   // [batch_size, ...] each
    std::vector<at::Tensor> inputs;  // what this batch takes of them
    std::exception_ptr failure;
    bool is_read = false;
  };

  void make_places(std::int64_t batch_size);
  void set_size(Place& place, std::int64_t size) const;
  Place& place_of(std::int64_t batch) { return places_[static_cast<std::size_t>(batch) % places_.size()]; }
  std::span<const std::int64_t> rows_of(std::int64_t batch) const;
  void work();
  void read(std::int64_t batch);

  const Prepared& prepared_;
  ReadAheadOptions options_;
  bool pins_;
  std::vector<Place> places_;
  std::span<const std::int64_t> rows_;
  std::int64_t batch_size_ = 0;
  std::int64_t n_batches_ = 0;
  std::int64_t asked_ = 0;  // batches handed out; the last of them is in use
  double waited_s_ = 0;

  std::mutex mutex_;  // of what follows, and of Place::failure and is_read
  std::condition_variable has_room_;
  std::condition_variable has_batch_;
  std::int64_t claimed_ = 0;   // batches that a worker has taken up
  std::int64_t released_ = 0;  // batches whose places are free again
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace assay::engine
