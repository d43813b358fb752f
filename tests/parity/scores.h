// Scores and targets by formula, as record_scores.py makes them (SCORES, TARGETS).
#pragma once

#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/remainder.h>
#include <gmock/gmock.h>

#include "tests/parity/recorded.h"

namespace assay::testing {

using Sizes = std::vector<std::int64_t>;

inline at::Tensor scores_of(const std::string& form, const Sizes& shape) {
  return form == "tied" ? spread(shape).mul(2).round() : spread(shape).mul(4);
}

/// i * factor mod `modulus` for each place i of the shape.
inline at::Tensor numbered(const Sizes& shape, std::int64_t factor, std::int64_t modulus) {
  return at::remainder(at::arange(element_count(shape), at::kLong).mul(factor), modulus).reshape(shape);
}

/// Rows that are distributions: shares of 1 to n, of which each row begins with another one.
inline at::Tensor rotated(const Sizes& shape) {
  const std::int64_t n = shape[1];
  const at::Tensor place = at::arange(shape[0], at::kLong).unsqueeze(1).add(at::arange(n, at::kLong));
  return at::remainder(place, n).add(1).to(at::kFloat).div(static_cast<double>(n * (n + 1)) / 2);
}

/// shape: of the scores.
inline at::Tensor target_of(const std::string& form, const Sizes& shape) {
  const Sizes places(shape.begin(), shape.end() - 1);
  if (form == "classes") return numbered(places, 7, shape.back());
  if (form == "three of the classes") return numbered(places, 7, 3);
  if (form == "class 1 alone") return at::ones(places, at::kLong);
  if (form == "counts") return numbered(shape, 5, 4).to(at::kFloat);
  if (form == "answers") return numbered(shape, 7, 3).eq(0).to(at::kFloat);
  if (form == "distributions") return rotated(shape);
  EXPECT_EQ(form, "values");
  return spread({shape[0] + 1, shape[1]}).narrow(0, 1, shape[0]).mul(3);
}

inline Task::Kind task_kind(const std::string& name) {
  if (name == "regression") return Task::Kind::regression;
  if (name == "language_model") return Task::Kind::language_model;
  EXPECT_EQ(name, "classification");
  return Task::Kind::classification;
}

/// Fails for a component without an entry in a recorded file.
inline void expect_all_recorded(const Json& file, const std::vector<std::string>& components) {
  std::vector<std::string> types;
  for (const auto& [name, entry] : file.entries()) {
    if (entry.is_map()) types.push_back(entry.find("type")->text());
  }
  for (const std::string& name : components) {
    EXPECT_THAT(types, ::testing::Contains(name)) << "record it in tests/parity/record_scores.py";
  }
}

}  // namespace assay::testing
