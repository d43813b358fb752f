// Weights in memory, files of them, and what was recorded from PyTorch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry/contracts/weights.h"

namespace assay::testing {

/// The format, with its parameters in JSON.
std::unique_ptr<Weights> weights_format(const std::string& name, const Json& parameters = Json::map());

/// f32 [2, 3], f32 [2], i64 [], bf16 [5], f32 [0, 4] and u8 [3], in this order, with notes.
WeightFile example_weights();

/// The values as bytes.
std::string bytes_of(const NamedTensor& tensor);
const NamedTensor& tensor_named(const WeightFile& file, std::string_view name);
std::vector<std::string> names_of(const WeightFile& file);

/// The same names, types, shapes and bytes, in any order.
void expect_same(const WeightFile& a, const WeightFile& b);

/// A file of tests/parity/weights/files.
std::string recorded_weights(std::string_view name);

}  // namespace assay::testing
