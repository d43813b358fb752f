// What holds for every transform of numbers. Those with required parameters get the sample that samples.h
// has.
#pragma once

#include <cmath>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/transform.h"
#include "tests/contracts/component.h"
#include "tests/contracts/samples.h"

namespace assay::testing {

class TransformSuite : public ::testing::TestWithParam<Component> {
 protected:
  static constexpr std::int64_t rows = 6;

  /// [rows, 1, 2, 2]; in the last column every row is the same.
  template <class T>
  static Array block() {
    std::vector<T> values;
    for (std::int64_t i = 0; i < rows * 4; ++i) values.push_back(static_cast<T>(i % 4 == 3 ? 9 : i * i % 31));
    return Array::of(values).reshaped({rows, 1, 2, 2});
  }
  static std::unique_ptr<Transform> build() {
    const std::string sample = transform_sample(GetParam().info->name);
    return GetParam().parts->build(GetParam().bind<Transform>(sample), {});
  }
  /// Fitted on the rows of a block, given `block_rows` at a time.
  std::unique_ptr<Transform> fitted(const Array& values, std::int64_t block_rows = rows) const {
    auto transform = build();
    transform->fit([&](const std::function<void(const ArrayView& block)>& take) {
      ArrayView part = values.view();
      const std::size_t row_bytes = part.bytes() / static_cast<std::size_t>(rows);
      for (std::int64_t first = 0; first < rows; first += block_rows) {
        part.shape[0] = std::min(block_rows, rows - first);
        part.data = values.data() + static_cast<std::size_t>(first) * row_bytes;
        take(part);
      }
    });
    return transform;
  }
  static Shape row_shape(const Array& values) {
    return {{values.shape().begin() + 1, values.shape().end()}, values.dtype()};
  }
  static void expect_near(const Array& a, const Array& b, double tolerance) {
    ASSERT_EQ(a.shape(), b.shape());
    for (std::int64_t i = 0; i < a.count(); ++i) {
      EXPECT_NEAR(element(a, i), element(b, i), tolerance * (1 + std::abs(element(b, i)))) << "element " << i;
    }
  }
};

// A few roundings of f32.
inline constexpr double float_tolerance = 1e-6;

TEST_P(TransformSuite, OutputIsTheShapeThatApplyGives) {
  for (const Array& values :
       {block<float>(), block<std::uint8_t>(), block<double>(), block<std::int64_t>()}) {
    const auto transform = fitted(values);
    const Array out = transform->apply(values);
    EXPECT_EQ(out.shape()[0], rows);
    EXPECT_EQ(transform->output(row_shape(values)), row_shape(out)) << to_string(values.dtype());
  }
}

TEST_P(TransformSuite, GivesFiniteNumbers) {
  const Array out = fitted(block<float>())->apply(block<float>());
  for (std::int64_t i = 0; i < out.count(); ++i) EXPECT_TRUE(std::isfinite(element(out, i)));
}

TEST_P(TransformSuite, InvertUndoesApply) {
  const auto transform = fitted(block<float>());
  expect_near(transform->invert(transform->apply(block<float>())), block<float>(), float_tolerance);
}

TEST_P(TransformSuite, SavedAndLoadedItIsTheSame) {
  const auto transform = fitted(block<float>());
  State state;
  StateWriter writer(state);
  transform->save(writer);

  const auto loaded = build();
  loaded->load(StateReader(state));

  const Array a = transform->apply(block<float>()), b = loaded->apply(block<float>());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.bytes()), 0);
}

TEST_P(TransformSuite, RowsAreTransformedEachOnItsOwn) {
  const Array values = block<float>();
  const auto transform = fitted(values);
  const Array whole = transform->apply(values);
  ArrayView last = values.view();
  const std::size_t row_bytes = values.bytes() / static_cast<std::size_t>(rows);
  last.shape[0] = 1;
  last.data += values.bytes() - row_bytes;

  const Array alone = transform->apply(last);

  EXPECT_EQ(std::memcmp(alone.data(), whole.data() + whole.bytes() - alone.bytes(), alone.bytes()), 0);
}

TEST_P(TransformSuite, FittingInBlocksIsFittingAtOnce) {
  expect_near(fitted(block<float>(), 1)->apply(block<float>()), fitted(block<float>())->apply(block<float>()),
              float_tolerance);
  expect_near(fitted(block<float>(), 4)->apply(block<float>()), fitted(block<float>())->apply(block<float>()),
              float_tolerance);
}

}  // namespace assay::testing
