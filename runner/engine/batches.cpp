#include "runner/engine/batches.h"

#include <algorithm>

#include <ATen/DeviceAccelerator.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "core/error.h"
#include "registry/contracts/tensor/arrays.h"

namespace assay::engine {

namespace {

// Views [rows, length] of the series, from position `first` on.
at::Tensor windows_from(const at::Tensor& series, const Windows& windows, std::int64_t first) {
  return series.unfold(0, windows.length, 1).narrow(0, first, windows.rows());
}

std::size_t bytes_of(const std::vector<Array>& arrays) {
  std::size_t bytes = 0;
  for (const Array& array : arrays) bytes += array.bytes();
  return bytes;
}

// The other half is for the model and its activations.
bool fits_on(at::Device device, const std::vector<Array>& arrays) {
  if (device.is_cpu()) return true;
  const auto [free, total] = at::accelerator::getMemoryInfo(device.index());
  return bytes_of(arrays) <= free / 2;
}

}  // namespace

DeviceData::DeviceData(const Prepared& prepared_data, at::Device on) : prepared(prepared_data), device(on) {
  if (prepared.windows) {
    const at::Tensor series = tensor_over(prepared.windows->series).to(device);
    inputs.emplace_back(prepared.facts.inputs.at(0).name, windows_from(series, *prepared.windows, 0));
    target = windows_from(series, *prepared.windows, prepared.windows->lead);
    return;
  }
  const bool lies_here = !prepared.is_streamed && fits_on(device, prepared.inputs);
  ASSAY_ASSERT(prepared.is_streamed || prepared.inputs.size() == prepared.facts.inputs.size());
  for (std::size_t i = 0; i < prepared.facts.inputs.size(); ++i) {
    inputs.emplace_back(prepared.facts.inputs[i].name,
                        lies_here ? tensor_over(prepared.inputs[i]).to(device) : at::Tensor());
  }
  if (prepared.target.data() != nullptr) target = tensor_over(prepared.target).to(device);
}

DeviceData::DeviceData(const Experiment& experiment, const Prepared& prepared_data,
                       const Implementations& parts, at::Device on)
    : DeviceData(prepared_data, on) {
  if (!experiment.dataset.is_bound()) return;  // a caller that brought its own data
  const DatasetCommon& common = experiment.dataset.shared();
  ahead = {common.prefetch, common.workers};
  if (common.augment.empty()) return;
  augmenter = Augmenter(common.augment, parts, prepared.read_shapes.at(0),
                        static_cast<std::uint64_t>(experiment.seed));
}

Batches::Batches(const DeviceData& data, std::int64_t batch_size, bool drops_last)
    : data_(data), batch_size_(batch_size), drops_last_(drops_last) {
  if (data_.is_read_ahead()) reader_.emplace(data_.prepared, data_.ahead, !data_.device.is_cpu());
}

void Batches::start(std::vector<std::int64_t> rows, std::int64_t first, const Context& context) {
  go_to(first * batch_size_);
  rows_ = std::move(rows);
  context_ = context;
  const auto count = static_cast<std::int64_t>(rows_.size());
  const ArrayView view{Dtype::i64, {count}, reinterpret_cast<const std::byte*>(rows_.data())};
  indices_ = tensor_over(view).to(data_.device);
}

void Batches::go_to(std::int64_t row) {
  if (reader_) reader_->stop();
  next_row_ = row;
}

const Batch* Batches::next() {
  const auto count = static_cast<std::int64_t>(rows_.size());
  const std::int64_t size = std::min(batch_size_, count - next_row_);
  if (size <= 0 || (drops_last_ && size < batch_size_)) return nullptr;

  Buffer& buffer = buffer_of(size);
  const c10::NoGradGuard no_grad;
  const at::Tensor indices = indices_.narrow(0, next_row_, size);
  if (reader_) {
    take_inputs(buffer);
  } else {
    gather_inputs(buffer, indices);
  }
  if (data_.target.defined()) at::index_select_out(buffer.tensors.back(), data_.target, 0, indices);
  const auto from = rows_.begin() + next_row_;
  std::copy(from, from + size, buffer.batch.ids.begin());
  if (!data_.augmenter.is_empty()) augment(buffer);
  next_row_ += size;
  return &buffer.batch;
}

void Batches::gather_inputs(Buffer& buffer, const at::Tensor& indices) const {
  std::size_t slot = 0;
  for (const auto& [name, column] : data_.inputs) {
    at::index_select_out(buffer.tensors[slot++], column, 0, indices);
  }
}

// A pass is begun when its first batch is asked for: splits that wait to be judged hold no threads.
void Batches::take_inputs(Buffer& buffer) {
  if (!reader_->is_running()) {
    const auto left = static_cast<std::size_t>(std::ssize(rows_) - next_row_);
    const std::size_t used = drops_last_ ? left - left % static_cast<std::size_t>(batch_size_) : left;
    reader_->start(std::span(rows_).subspan(static_cast<std::size_t>(next_row_), used), batch_size_);
  }
  if (copied_) copied_->synchronize();  // the place that the batch before was copied from is read into again
  const std::vector<at::Tensor>& inputs = reader_->next();
  if (!data_.device.is_cpu()) return copy_to_device(inputs, buffer);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    buffer.batch.inputs.set(data_.inputs[i].first, inputs[i]);
    buffer.tensors[i] = inputs[i];
  }
}

void Batches::copy_to_device(const std::vector<at::Tensor>& from, Buffer& buffer) {
  for (std::size_t i = 0; i < from.size(); ++i) buffer.tensors[i].copy_(from[i], /*non_blocking=*/true);
  if (!copied_) copied_.emplace(data_.device.type());
  copied_->record(c10::impl::VirtualGuardImpl(data_.device.type()).getStream(data_.device));
}

void Batches::augment(Buffer& buffer) {
  context_.ids = &buffer.batch.ids;
  buffer.batch.inputs.set(data_.inputs.front().first, data_.augmenter(buffer.tensors.front(), context_));
}

Batches::Buffer& Batches::buffer_of(std::int64_t size) {
  if (full_.batch.size() < size) {
    full_ = make_buffer(std::min(batch_size_, static_cast<std::int64_t>(rows_.size())));
    partial_ = {};
  }
  if (full_.batch.size() == size) return full_;
  if (partial_.batch.size() != size) partial_ = part_of(full_, size);
  return partial_;
}

Batches::Buffer Batches::make_buffer(std::int64_t size) const {
  std::vector<at::Tensor> tensors;
  const auto add = [&](std::vector<std::int64_t> sizes, at::ScalarType type) {
    sizes.insert(sizes.begin(), size);
    tensors.push_back(at::empty(sizes, at::TensorOptions(type).device(data_.device)));
  };
  const auto add_like = [&](const at::Tensor& column) {
    add({column.sizes().begin() + 1, column.sizes().end()}, column.scalar_type());
  };
  for (std::size_t i = 0; i < data_.inputs.size(); ++i) {
    if (!reader_) {
      add_like(data_.inputs[i].second);
    } else if (data_.device.is_cpu()) {
      tensors.emplace_back();  // what is read ahead is used where it lies
    } else {
      const Shape& shape = data_.prepared.read_shapes[i];
      add(shape.sizes, scalar_type_of(shape.dtype));
    }
  }
  if (data_.target.defined()) add_like(data_.target);
  return buffer_over(std::move(tensors), size);
}

Batches::Buffer Batches::part_of(const Buffer& whole, std::int64_t size) const {
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& tensor : whole.tensors) {
    tensors.push_back(tensor.defined() ? tensor.narrow(0, 0, size) : at::Tensor());
  }
  return buffer_over(std::move(tensors), size);
}

Batches::Buffer Batches::buffer_over(std::vector<at::Tensor> tensors, std::int64_t size) const {
  Buffer buffer;
  buffer.tensors = std::move(tensors);
  for (std::size_t i = 0; i < data_.inputs.size(); ++i) {
    buffer.batch.inputs.set(data_.inputs[i].first, buffer.tensors[i]);
  }
  if (data_.target.defined()) buffer.batch.target = buffer.tensors.back();
  buffer.batch.ids.resize(static_cast<std::size_t>(size));
  return buffer;
}

}  // namespace assay::engine
