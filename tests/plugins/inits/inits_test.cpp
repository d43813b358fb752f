// The distributions of the initialisers. Limits are four standard errors of 100,000 draws.
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/init.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

constexpr std::int64_t count = 100000, fan_in = 50, fan_out = 200;

at::Tensor drawn(const std::string& name, const std::string& options = "{}") {
  const Component component = tensor_component("init", name);
  const auto init = component.parts->build(bind_filled<Init>(component, options), Init::Needs{});
  at::Tensor values = at::empty({count});
  init->fill(values, fan_in, fan_out, 3, "layers.0.weight");
  return values.to(at::kDouble);
}

void expect_moments(const at::Tensor& values, double mean, double deviation) {
  EXPECT_NEAR(values.mean().item<double>(), mean, 4 * deviation / std::sqrt(count));
  EXPECT_NEAR(values.std().item<double>() / deviation, 1, 4 * std::sqrt(2.0 / count));
}

TEST(Inits, ConstantIsItsValue) {
  EXPECT_EQ(drawn("constant", R"({"value": 0.25})").min().item<double>(), 0.25);
  EXPECT_EQ(drawn("constant").max().item<double>(), 0);
}

TEST(Inits, UniformStaysWithinItsLimits) {
  const at::Tensor values = drawn("uniform", R"({"low": 1, "high": 3})");
  EXPECT_GE(values.min().item<double>(), 1);
  EXPECT_LT(values.max().item<double>(), 3);
  expect_moments(values, 2, 2 / std::sqrt(12.0));
}

TEST(Inits, UniformFanIsBoundedByFanIn) {
  const at::Tensor values = drawn("uniform_fan");
  const double limit = 1 / std::sqrt(50.0);
  EXPECT_LE(values.abs().max().item<double>(), limit + 1e-8);
  expect_moments(values, 0, limit / std::sqrt(3.0));
}

TEST(Inits, NormalHasMeanAndDeviation) {
  expect_moments(drawn("normal", R"({"mean": 1, "std": 0.5})"), 1, 0.5);
}

TEST(Inits, XavierLooksAtBothFans) {
  const double deviation = std::sqrt(2.0 / (fan_in + fan_out));
  expect_moments(drawn("xavier_normal"), 0, deviation);
  expect_moments(drawn("xavier_uniform"), 0, deviation);
  expect_moments(drawn("xavier_uniform", R"({"gain": 2})"), 0, 2 * deviation);
}

TEST(Inits, HeLooksAtOneFanAndTheSlope) {
  expect_moments(drawn("he_normal"), 0, std::sqrt(2.0 / fan_in));
  expect_moments(drawn("he_uniform", R"({"fan": "out"})"), 0, std::sqrt(2.0 / fan_out));
  expect_moments(drawn("he_uniform", R"({"slope": 1})"), 0, std::sqrt(1.0 / fan_in));
}

TEST(Inits, UniformFanOutIsBoundedByFanOut) {
  const at::Tensor values = drawn("uniform_fan_out");
  const double limit = 1 / std::sqrt(200.0);
  EXPECT_LE(values.abs().max().item<double>(), limit + 1e-8);
  expect_moments(values, 0, limit / std::sqrt(3.0));
}

TEST(Inits, StandardNormalIsOne) { expect_moments(drawn("standard_normal"), 0, 1); }

TEST(Inits, TruncNormalIsCutAtItsLimits) {
  const at::Tensor values = drawn("trunc_normal", R"({"mean": 0.5, "std": 2, "low": -1.5, "high": 2.5})");
  EXPECT_GE(values.min().item<double>(), -1.5);
  EXPECT_LE(values.max().item<double>(), 2.5);
  EXPECT_LT(values.min().item<double>(), -1.49);
  // One deviation on either side: variance 1 - 2 phi(1) / (2 Phi(1) - 1) of the whole.
  expect_moments(values, 0.5, 2 * std::sqrt(0.291125));
}

TEST(Inits, OrthogonalRowsOrColumnsAreOrthonormal) {
  const Component component = tensor_component("init", "orthogonal");
  const auto init =
      component.parts->build(bind_filled<Init>(component, std::string(R"({"gain": 3})")), Init::Needs{});
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{6, 4}, {4, 6}, {4, 2, 3}}) {
    at::Tensor values = at::empty(shape);
    init->fill(values, 1, 1, 3, "w");
    const at::Tensor flat = values.flatten(1).to(at::kDouble);
    const at::Tensor products = shape[0] > 4 ? flat.t().matmul(flat) : flat.matmul(flat.t());
    EXPECT_TRUE(products.allclose(at::eye(4, at::kDouble).mul(9), 1e-5, 1e-5)) << shape_text(shape);
  }
}

TEST(Inits, OrthogonalIsNotForBiases) {
  const auto problems = problems_of([] { drawn("orthogonal"); });
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].message, "orthogonal first values need two axes, layers.0.weight has 1");
}

}  // namespace
}  // namespace assay::testing
