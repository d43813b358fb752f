#include "runner/engine/batches.h"

#include <algorithm>

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <c10/core/GradMode.h>

#include "core/error.h"
#include "registry/contracts/tensor/arrays.h"

namespace assay::engine {

namespace {

// Views [rows, length] of the series, from position `first` on.
at::Tensor windows_from(const at::Tensor& series, const Windows& windows, std::int64_t first) {
  return series.unfold(0, windows.length, 1).narrow(0, first, windows.rows());
}

}  // namespace

DeviceData::DeviceData(const Prepared& prepared, at::Device device) {
  if (prepared.windows) {
    const at::Tensor series = tensor_over(prepared.windows->series).to(device);
    inputs.emplace_back(prepared.facts.inputs.at(0).name, windows_from(series, *prepared.windows, 0));
    target = windows_from(series, *prepared.windows, prepared.windows->lead);
    return;
  }
  ASSAY_ASSERT(prepared.inputs.size() == prepared.facts.inputs.size());
  for (std::size_t i = 0; i < prepared.inputs.size(); ++i) {
    inputs.emplace_back(prepared.facts.inputs[i].name, tensor_over(prepared.inputs[i]).to(device));
  }
  if (prepared.target.data() != nullptr) target = tensor_over(prepared.target).to(device);
}

Batches::Batches(const DeviceData& data, std::int64_t batch_size, bool drops_last)
    : data_(data), batch_size_(batch_size), drops_last_(drops_last) {}

void Batches::start(std::vector<std::int64_t> rows, std::int64_t first) {
  rows_ = std::move(rows);
  const auto count = static_cast<std::int64_t>(rows_.size());
  next_row_ = first * batch_size_;
  const ArrayView view{Dtype::i64, {count}, reinterpret_cast<const std::byte*>(rows_.data())};
  indices_ = tensor_over(view).to(data_.inputs.front().second.device());
}

const Batch* Batches::next() {
  const auto count = static_cast<std::int64_t>(rows_.size());
  const std::int64_t size = std::min(batch_size_, count - next_row_);
  if (size <= 0 || (drops_last_ && size < batch_size_)) return nullptr;

  Buffer& buffer = buffer_of(size);
  const c10::NoGradGuard no_grad;
  const at::Tensor indices = indices_.narrow(0, next_row_, size);
  std::size_t slot = 0;
  for (const auto& [name, column] : data_.inputs) {
    at::index_select_out(buffer.tensors[slot++], column, 0, indices);
  }
  if (data_.target.defined()) at::index_select_out(buffer.tensors[slot], data_.target, 0, indices);
  const auto from = rows_.begin() + next_row_;
  std::copy(from, from + size, buffer.batch.ids.begin());
  next_row_ += size;
  return &buffer.batch;
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
  const auto add = [&](const at::Tensor& column) {
    std::vector<std::int64_t> sizes = column.sizes().vec();
    sizes.front() = size;
    tensors.push_back(at::empty(sizes, column.options()));
  };
  for (const auto& [name, column] : data_.inputs) add(column);
  if (data_.target.defined()) add(data_.target);
  return buffer_over(std::move(tensors), size);
}

Batches::Buffer Batches::part_of(const Buffer& whole, std::int64_t size) const {
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& tensor : whole.tensors) tensors.push_back(tensor.narrow(0, 0, size));
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
