#include "registry/contracts/tensor/linear.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/sin.h>
#include <gtest/gtest.h>

namespace assay::testing {
namespace {

struct Case {
  std::vector<std::int64_t> x;
  std::int64_t units;
  bool x_learns = true;
  bool weight_learns = true;
  bool bias_learns = true;
};

struct Made {
  at::Tensor out;
  std::vector<at::Tensor> gradients;  // undefined for what does not learn
};

at::Tensor numbers(const std::vector<std::int64_t>& sizes, double step) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) count *= size;
  return at::sin(at::arange(count, at::kFloat).mul(step)).reshape(sizes);
}

template <class Function>
Made make(const Case& of, const Function& function) {
  const at::Tensor x = numbers(of.x, 0.37).requires_grad_(of.x_learns);
  const at::Tensor weight = numbers({of.units, of.x.back()}, 0.61).requires_grad_(of.weight_learns);
  const at::Tensor bias = numbers({of.units}, 1.3).requires_grad_(of.bias_learns);
  const at::Tensor out = function(x, weight, bias);
  out.backward(numbers(out.sizes().vec(), 0.21));
  return {out.detach(), {x.grad(), weight.grad(), bias.grad()}};
}

void expect_as_libtorch(const Case& of) {
  const Made ours = make(of, [](const auto&... arguments) { return linear(arguments...); });
  const Made theirs = make(of, [](const auto&... arguments) { return at::linear(arguments...); });
  EXPECT_TRUE(ours.out.equal(theirs.out));
  for (std::size_t i = 0; i < ours.gradients.size(); ++i) {
    ASSERT_EQ(ours.gradients[i].defined(), theirs.gradients[i].defined()) << i;
    if (!ours.gradients[i].defined()) continue;
    EXPECT_TRUE(ours.gradients[i].equal(theirs.gradients[i])) << i;
  }
}

TEST(Linear, IsThatOfLibTorch) {
  expect_as_libtorch({{64, 32}, 10});
  expect_as_libtorch({{3, 128}, 256});
  expect_as_libtorch({{1, 5}, 7});
  expect_as_libtorch({{5, 1}, 1});
}

TEST(Linear, TakesRowsOfAnyNumberOfAxes) {
  expect_as_libtorch({{4, 9, 16}, 24});
  expect_as_libtorch({{2, 3, 5, 8}, 4});
}

TEST(Linear, GivesGradientsOnlyToWhatLearns) {
  expect_as_libtorch({{8, 6}, 4, false});
  expect_as_libtorch({{8, 6}, 4, true, false});
  expect_as_libtorch({{8, 6}, 4, true, false, false});
  expect_as_libtorch({{8, 6}, 4, false, true, false});
}

TEST(Linear, TakesInputsThatLieOtherwiseInMemory) {
  const at::Tensor x = numbers({6, 8}, 0.37).t();
  const at::Tensor weight = numbers({3, 6}, 0.61).requires_grad_(), bias = numbers({3}, 1.3).requires_grad_();
  EXPECT_TRUE(linear(x, weight, bias).equal(at::linear(x, weight, bias)));
}

TEST(Linear, ComputesIn16BitsUnderAutocast) {
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const at::Tensor weight = numbers({3, 6}, 0.61).requires_grad_(), bias = numbers({3}, 1.3);
  const at::ScalarType type = linear(numbers({8, 6}, 0.37), weight, bias).scalar_type();
  at::autocast::set_autocast_enabled(at::kCPU, false);
  at::autocast::clear_cache();
  EXPECT_EQ(type, at::kBFloat16);
}

TEST(Linear, AGradientGoesBackOnce) {
  const at::Tensor weight = numbers({3, 6}, 0.61).requires_grad_(), bias = numbers({3}, 1.3);
  const at::Tensor sum = linear(numbers({8, 6}, 0.37), weight, bias).sum();
  sum.backward();
  EXPECT_THROW(sum.backward(), c10::Error);
}

TEST(Linear, NoticesWeightsThatWereChangedBeforeItsGradient) {
  at::Tensor weight = numbers({3, 6}, 0.61).requires_grad_();
  const at::Tensor x = numbers({8, 6}, 0.37).requires_grad_();
  const at::Tensor sum = linear(x, weight, numbers({3}, 1.3)).sum();
  weight.detach().mul_(2);
  EXPECT_THROW(sum.backward(), c10::Error);
}

}  // namespace
}  // namespace assay::testing
