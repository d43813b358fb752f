#include "core/array.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/error.h"

namespace assay {
namespace {

TEST(Array, CopiesShareBytes) {
  Array a = Array::of<float>({1, 2, 3});
  const Array b = a;

  a.as<float>()[0] = 7;

  EXPECT_EQ(b.as<float>()[0], 7);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.data()) % 64, 0U);
}

TEST(Array, RefusesASizeThatOverflows) {
  EXPECT_THROW(Array(Dtype::f64, {std::int64_t{1} << 40, std::int64_t{1} << 40}), Error);
  EXPECT_THROW(Array(Dtype::f32, {-1}), Error);
}

TEST(Array, HoldsNothingForAnEmptyShape) {
  EXPECT_EQ(Array(Dtype::f32, {0, 5}).bytes(), 0U);
  EXPECT_EQ(Array(Dtype::f32, {}).bytes(), 4U);
}

TEST(Element, ReadsHalfPrecision) {
  Array bf16(Dtype::bf16, {1});
  bf16.as<std::uint16_t>()[0] = 0x4049;  // 3.140625
  Array f16(Dtype::f16, {3});
  f16.as<std::uint16_t>()[0] = 0x3c00;  // 1
  f16.as<std::uint16_t>()[1] = 0x0001;  // 2^-24
  f16.as<std::uint16_t>()[2] = 0xfc00;  // -inf

  EXPECT_EQ(element(bf16, 0), 3.140625);
  EXPECT_EQ(element(f16, 0), 1);
  EXPECT_EQ(element(f16, 1), std::ldexp(1, -24));
  EXPECT_EQ(element(f16, 2), -INFINITY);
}

}  // namespace
}  // namespace assay
