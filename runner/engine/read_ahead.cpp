#include "runner/engine/read_ahead.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/error.h"
#include "registry/contracts/tensor/arrays.h"

namespace assay::engine {
namespace {

std::vector<std::int64_t> with_rows(std::int64_t rows, const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> shape = {rows};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  return shape;
}

}  // namespace

ReadAhead::ReadAhead(const Prepared& prepared, ReadAheadOptions options, bool pins)
    : prepared_(prepared), options_(options), pins_(pins) {
  ASSAY_ASSERT(options_.batches > 0 && options_.workers > 0);
}

void ReadAhead::start(std::span<const std::int64_t> rows, std::int64_t batch_size) {
  stop();
  rows_ = rows;
  batch_size_ = std::min(batch_size, std::ssize(rows));
  n_batches_ = rows.empty() ? 0 : (std::ssize(rows) + batch_size_ - 1) / batch_size_;
  if (n_batches_ == 0) return;
  make_places(batch_size_);
  for (Place& place : places_) {
    place.failure = nullptr;
    place.is_read = false;
  }
  asked_ = claimed_ = released_ = 0;
  is_stopping_ = false;
  const std::int64_t workers = std::min(options_.workers, n_batches_);
  for (std::int64_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

// One more than is read ahead: the one in use. Tensors are made here, so that workers run no tensor
// operation.
void ReadAhead::make_places(std::int64_t batch_size) {
  if (!places_.empty() && places_.front().whole.front().size(0) >= batch_size) return;
  places_.assign(static_cast<std::size_t>(options_.batches) + 1, {});
  for (Place& place : places_) {
    for (const Shape& shape : prepared_.read_shapes) {
      const auto options = at::TensorOptions(scalar_type_of(shape.dtype)).pinned_memory(pins_);
      place.whole.push_back(at::empty(with_rows(batch_size, shape.sizes), options));
    }
    place.inputs = place.whole;
  }
}

void ReadAhead::set_size(Place& place, std::int64_t size) const {
  for (std::size_t i = 0; i < place.whole.size(); ++i) {
    if (place.inputs[i].size(0) != size) place.inputs[i] = place.whole[i].narrow(0, 0, size);
  }
}

std::span<const std::int64_t> ReadAhead::rows_of(std::int64_t batch) const {
  const auto first = static_cast<std::size_t>(batch * batch_size_);
  return rows_.subspan(first, std::min(static_cast<std::size_t>(batch_size_), rows_.size() - first));
}

const std::vector<at::Tensor>& ReadAhead::next() {
  ASSAY_ASSERT(asked_ < n_batches_);
  Place& place = place_of(asked_);
  std::unique_lock lock(mutex_);
  released_ = asked_;  // all before it
  has_room_.notify_all();
  if (!place.is_read) {
    const auto before = std::chrono::steady_clock::now();
    has_batch_.wait(lock, [&] { return place.is_read; });
    waited_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  }
  if (place.failure) std::rethrow_exception(place.failure);
  place.is_read = false;  // for the batch that comes here next
  lock.unlock();
  set_size(place, std::ssize(rows_of(asked_)));
  ++asked_;
  return place.inputs;
}

void ReadAhead::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  has_room_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ReadAhead::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_room_.wait(lock, [&] {
      return is_stopping_ || claimed_ == n_batches_ || claimed_ < released_ + std::ssize(places_);
    });
    if (is_stopping_ || claimed_ == n_batches_) return;
    const std::int64_t batch = claimed_++;
    Place& place = place_of(batch);
    lock.unlock();
    std::exception_ptr failure;
    try {
      read(batch);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    place.failure = std::move(failure);
    place.is_read = true;
    has_batch_.notify_one();
  }
}

void ReadAhead::read(std::int64_t batch) {
  const std::span<const std::int64_t> rows = rows_of(batch);
  const Place& place = place_of(batch);
  for (std::size_t i = 0; i < place.whole.size(); ++i) {
    prepared_.read_input(i, rows, static_cast<std::byte*>(place.whole[i].mutable_data_ptr()));
  }
}

}  // namespace assay::engine
