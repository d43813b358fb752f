#include "registry/contracts/tensor/max_pool.h"

#include <cmath>
#include <limits>

#include <ATen/ops/arange.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/remainder.h>
#include <gtest/gtest.h>

namespace assay::testing {
namespace {

/// Few different values, so that windows have ties; nan and infinities among them if asked for.
at::Tensor image(std::vector<std::int64_t> sizes, bool has_oddities) {
  const std::int64_t count = sizes[0] * sizes[1] * sizes[2] * sizes[3];
  at::Tensor x = at::remainder(at::arange(count, at::kFloat).mul(389), 7).sub(3).reshape(sizes);
  if (!has_oddities) return x;
  at::Tensor flat = x.view({-1});
  for (std::int64_t i = 0; i < count; i += 11) flat[i] = std::nanf("");
  for (std::int64_t i = 5; i < count; i += 13) flat[i] = -std::numeric_limits<float>::infinity();
  return x;
}

struct Result {
  at::Tensor value;
  at::Tensor gradient;
};

template <class Function>
Result apply(const at::Tensor& x, const Function& function) {
  const at::Tensor leaf = x.clone(at::MemoryFormat::Preserve).requires_grad_();
  const at::Tensor y = function(leaf);
  y.backward(at::arange(y.numel(), at::kFloat).add(1).reshape(y.sizes()));
  return {y.detach(), leaf.grad()};
}

void expect_as_libtorch(const at::Tensor& x, std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
  const Result ours = apply(x, [&](const at::Tensor& in) { return max_pool2d(in, kernel, stride, padding); });
  const Result theirs =
      apply(x, [&](const at::Tensor& in) { return at::max_pool2d(in, kernel, stride, padding); });
  EXPECT_TRUE(ours.value.eq(theirs.value)
                  .logical_or(ours.value.isnan().logical_and(theirs.value.isnan()))
                  .all()
                  .item<bool>());
  EXPECT_TRUE(ours.gradient.equal(theirs.gradient));
}

TEST(MaxPool, IsThatOfLibTorchForEverySizeOfAnImage) {
  for (std::int64_t height = 2; height < 6; ++height) {
    for (std::int64_t width = 2; width < 40; ++width) {
      SCOPED_TRACE(::testing::Message() << height << " x " << width);
      expect_as_libtorch(image({2, 3, height, width}, false), 2, 2, 0);
    }
  }
}

TEST(MaxPool, TakesNanForTheLargestAsLibTorchDoes) {
  expect_as_libtorch(image({3, 2, 9, 33}, true), 2, 2, 0);
}

TEST(MaxPool, OfOtherWindowsAndOtherLayoutsIsThatOfLibTorch) {
  const at::Tensor x = image({2, 3, 9, 12}, false);
  expect_as_libtorch(x, 3, 2, 1);
  expect_as_libtorch(x, 2, 1, 0);
  expect_as_libtorch(x.to(at::MemoryFormat::ChannelsLast), 2, 2, 0);
  expect_as_libtorch(x.transpose(2, 3), 2, 2, 0);
}

TEST(MaxPool, OfNoImageIsNoImage) { EXPECT_EQ(max_pool2d(image({0, 3, 4, 4}, false), 2, 2, 0).numel(), 0); }

}  // namespace
}  // namespace assay::testing
