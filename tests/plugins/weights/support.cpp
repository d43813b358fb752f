#include "tests/plugins/weights/support.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "tests/support/files.h"

namespace assay::testing {

std::unique_ptr<Weights> weights_format(const std::string& name, const Json& parameters) {
  static const Registry registry = builtin_registry();
  static const Implementations parts = builtin_implementations();
  Json config = parameters;
  config.set("type", name);
  config.set("file", "unused");
  return parts.build(registry.bind<Weights>(to_value(config, {}), "weights"), {});
}

WeightFile example_weights() {
  WeightFile file;
  Array bf16(Dtype::bf16, {5});
  for (std::uint16_t i = 0; i < 5; ++i) bf16.as<std::uint16_t>()[i] = static_cast<std::uint16_t>(0x3F80 + i);
  Array count(Dtype::i64, {});
  count.as<std::int64_t>()[0] = 1234567890123;
  file.tensors.push_back(
      tensor_of("layers.0.weight", Array::of<float>({1, -2, 3.5, 0, -0.0F, 1e-30F}).reshaped({2, 3})));
  file.tensors.push_back(tensor_of("layers.0.bias", Array::of<float>({0.25, 8})));
  file.tensors.push_back(tensor_of("layers.1.num_batches_tracked", count));
  file.tensors.push_back(tensor_of("half", bf16));
  file.tensors.push_back(tensor_of("empty", Array(Dtype::f32, {0, 4})));
  file.tensors.push_back(tensor_of("bytes", Array::of<std::uint8_t>({0, 127, 255})));
  file.notes = {{"assay.largest_difference", "1e-07"}};
  return file;
}

std::string bytes_of(const NamedTensor& tensor) {
  std::string bytes;
  tensor.stream([&](std::string_view piece) { bytes += piece; });
  return bytes;
}

const NamedTensor& tensor_named(const WeightFile& file, std::string_view name) {
  const auto found = std::ranges::find(file.tensors, name, &NamedTensor::name);
  if (found == file.tensors.end()) throw Error(Kind::internal, text("no tensor ", name));
  return *found;
}

std::vector<std::string> names_of(const WeightFile& file) {
  std::vector<std::string> names;
  for (const NamedTensor& tensor : file.tensors) names.push_back(tensor.name);
  return names;
}

void expect_same(const WeightFile& a, const WeightFile& b) {
  std::vector<std::string> left = names_of(a), right = names_of(b);
  std::ranges::sort(left);
  std::ranges::sort(right);
  ASSERT_EQ(left, right);
  for (const NamedTensor& tensor : a.tensors) {
    const NamedTensor& other = tensor_named(b, tensor.name);
    EXPECT_EQ(tensor.dtype, other.dtype) << tensor.name;
    EXPECT_EQ(tensor.shape, other.shape) << tensor.name;
    EXPECT_EQ(bytes_of(tensor), bytes_of(other)) << tensor.name;
  }
}

std::string recorded_weights(std::string_view name) {
  return text(source_folder(), "/tests/parity/weights/files/", name);
}

}  // namespace assay::testing
