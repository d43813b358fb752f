// Between arrays and tensors, without copying where that is safe.
#pragma once

#include <memory>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "core/array.h"
#include "registry/contracts/state.h"

namespace assay {

at::ScalarType scalar_type_of(Dtype dtype);
Dtype dtype_of_tensor(const at::Tensor& tensor);  // throws Kind::internal for types that we do not store

/// A tensor over the array's bytes, which it keeps alive.
at::Tensor tensor_over(const Array& array);
/// A tensor over bytes that must outlive it.
at::Tensor tensor_over(const ArrayView& view);
/// A view of a contiguous CPU tensor, which must outlive it.
ArrayView view_of(const at::Tensor& contiguous_cpu);
/// A copy of any tensor (brought to the CPU if it is elsewhere).
Array array_of(const at::Tensor& tensor);

/// Writes a tensor (brought to the CPU if it is elsewhere); it is kept alive until the state is gone.
void save_tensor(StateWriter& out, std::string_view name, const at::Tensor& tensor);
/// Copies into an existing tensor; throws Kind::store if shape or type differ.
void load_tensor(const StateReader& in, std::string_view name, at::Tensor& tensor);
/// What load_tensor would copy into `like`, on its device: a copy, or a view of what is read. Throws as it.
at::Tensor saved_tensor(const StateReader& in, std::string_view name, const at::Tensor& like);

}  // namespace assay
