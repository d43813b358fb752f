#include "registry/contracts/tensor/arrays.h"

#include <cstring>

#include <ATen/ops/from_blob.h>

#include "core/error.h"
#include "core/text.h"

namespace assay {

at::ScalarType scalar_type_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::boolean:
      return at::kBool;
    case Dtype::u8:
      return at::kByte;
    case Dtype::i8:
      return at::kChar;
    case Dtype::i16:
      return at::kShort;
    case Dtype::i32:
      return at::kInt;
    case Dtype::i64:
      return at::kLong;
    case Dtype::f16:
      return at::kHalf;
    case Dtype::bf16:
      return at::kBFloat16;
    case Dtype::f32:
      return at::kFloat;
    case Dtype::f64:
      return at::kDouble;
  }
  throw Error(Kind::internal, text("dtype ", static_cast<int>(dtype), " has no tensor type"));
}

Dtype dtype_of_tensor(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kBool:
      return Dtype::boolean;
    case at::kByte:
      return Dtype::u8;
    case at::kChar:
      return Dtype::i8;
    case at::kShort:
      return Dtype::i16;
    case at::kInt:
      return Dtype::i32;
    case at::kLong:
      return Dtype::i64;
    case at::kHalf:
      return Dtype::f16;
    case at::kBFloat16:
      return Dtype::bf16;
    case at::kFloat:
      return Dtype::f32;
    case at::kDouble:
      return Dtype::f64;
    default:
      throw Error(Kind::internal,
                  text("tensors of type ", c10::toString(tensor.scalar_type()), " are not stored"));
  }
}

namespace {

// LibTorch has no tensor of constant bytes; whoever asks for one over a view promises not to write to it.
void* mutable_bytes(const std::byte* data) { return const_cast<std::byte*>(data); }

}  // namespace

at::Tensor tensor_over(const Array& array) {
  const auto keep_alive = [array](void*) {};
  return at::from_blob(mutable_bytes(array.data()), array.shape(), keep_alive, scalar_type_of(array.dtype()));
}

at::Tensor tensor_over(const ArrayView& view) {
  return at::from_blob(mutable_bytes(view.data), view.shape, scalar_type_of(view.dtype));
}

ArrayView view_of(const at::Tensor& contiguous_cpu) {
  ASSAY_ASSERT(contiguous_cpu.is_cpu() && contiguous_cpu.is_contiguous());
  return {dtype_of_tensor(contiguous_cpu), contiguous_cpu.sizes().vec(),
          static_cast<const std::byte*>(contiguous_cpu.const_data_ptr())};
}

Array array_of(const at::Tensor& tensor) {
  return Array::copy_of(view_of(tensor.detach().cpu().contiguous()));
}

void save_tensor(StateWriter& out, std::string_view name, const at::Tensor& tensor) {
  auto owner = std::make_shared<const at::Tensor>(tensor.detach().cpu().contiguous());
  const ArrayView view = view_of(*owner);
  out.array(name, view, std::move(owner));
}

void load_tensor(const StateReader& in, std::string_view name, at::Tensor& tensor) {
  const ArrayView& saved = in.array(name, dtype_of_tensor(tensor), tensor.sizes().vec());
  tensor.detach().copy_(tensor_over(saved));
}

at::Tensor saved_tensor(const StateReader& in, std::string_view name, const at::Tensor& like) {
  return tensor_over(in.array(name, dtype_of_tensor(like), like.sizes().vec())).to(like.device());
}

}  // namespace assay
