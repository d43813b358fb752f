#include "registry/contracts/tensor/arrays.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Arrays, ATensorOverAnArrayKeepsItsBytesAlive) {
  at::Tensor tensor;
  {
    const Array array = Array::of<float>({1, 2, 3, 4}).reshaped({2, 2});
    tensor = tensor_over(array);
    EXPECT_EQ(tensor.const_data_ptr(), array.data());
  }

  EXPECT_EQ(tensor.sizes(), at::IntArrayRef({2, 2}));
  EXPECT_EQ(tensor.sum().item<float>(), 10);
}

TEST(Arrays, EveryDtypeGoesThereAndBack) {
  for (const Dtype dtype : {Dtype::boolean, Dtype::u8, Dtype::i8, Dtype::i16, Dtype::i32, Dtype::i64,
                            Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) {
    EXPECT_EQ(dtype_of_tensor(at::zeros({2}, scalar_type_of(dtype))), dtype) << to_string(dtype);
  }
}

TEST(Arrays, ATensorWithStridesIsCopiedInOrder) {
  const Array array = array_of(at::arange(6, at::kInt).reshape({2, 3}).t());

  EXPECT_THAT(array.shape(), ElementsAre(3, 2));
  EXPECT_THAT(std::vector<int>(array.as<int>(), array.as<int>() + 6), ElementsAre(0, 3, 1, 4, 2, 5));
}

TEST(Arrays, SavedTensorsComeBackIntoTheirPlace) {
  State state;
  StateWriter out(state);
  save_tensor(out, "weight", at::arange(4, at::kFloat));

  at::Tensor weight = at::zeros({4}).requires_grad_(true);
  const void* place = weight.const_data_ptr();
  load_tensor(StateReader(state), "weight", weight);

  EXPECT_EQ(weight.const_data_ptr(), place);
  EXPECT_EQ(weight.sum().item<float>(), 6);
  EXPECT_TRUE(weight.requires_grad());
}

TEST(Arrays, ASavedTensorOfAnotherShapeIsRefused) {
  State state;
  StateWriter out(state);
  save_tensor(out, "weight", at::zeros({4}));

  at::Tensor weight = at::zeros({5});
  try {
    load_tensor(StateReader(state), "weight", weight);
    FAIL() << "should throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::store);
    EXPECT_THAT(error.what(), HasSubstr("weight is f32 [4], expected f32 [5]"));
  }
}

}  // namespace
}  // namespace assay
