// Recorded numbers and how ours are compared with them.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "tests/contracts/tensor_component.h"
#include "tests/parity/tolerances.h"
#include "tests/support/files.h"

namespace assay::testing {

/// A file that record.py wrote, by the names of its entries.
inline Json recorded(const std::string& file) {
  const std::string path = source_folder() + "/tests/parity/" + file;
  return parse_json(read_text(path), path);
}

inline std::vector<std::int64_t> integers(const Json& list) {
  std::vector<std::int64_t> out;
  for (const Json& item : list.items()) out.push_back(item.integer());
  return out;
}

/// The recorded numbers, which are f32, as f64.
inline at::Tensor numbers(const Json& list) {
  std::vector<double> out;
  for (const Json& item : list.items()) out.push_back(static_cast<double>(static_cast<float>(item.real())));
  return at::tensor(out, at::kDouble);
}

/// The largest difference between our numbers and the recorded ones, relative to the largest of these;
/// infinite if their counts differ.
inline double difference(const at::Tensor& ours, const Json& theirs) {
  const at::Tensor expected = numbers(theirs);
  const at::Tensor flat = ours.detach().to(at::kDouble).flatten();
  if (flat.sizes() != expected.sizes()) return std::numeric_limits<double>::infinity();
  const double largest = flat.sub(expected).abs().max().item<double>();
  return largest == 0 ? 0 : largest / expected.abs().max().item<double>();
}

/// The measured difference becomes a property of the test's report.
inline void expect_parity(double seen, const Tolerance& tolerance, const std::string& what) {
  ::testing::Test::RecordProperty(what, number_text(seen));
  EXPECT_LE(seen, tolerance.limit) << what;
}

/// For INSTANTIATE_TEST_SUITE_P: an entry's name with underscores.
inline std::string parity_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, ' ', '_');
  return name;
}

}  // namespace assay::testing
