// Every layer, forwards and backwards, against those of PyTorch with the same weights.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "registry/contracts/tensor/model.h"
#include "tests/parity/recorded.h"

namespace assay::testing {
namespace {

constexpr std::int64_t batch = 4;

/// The layer of an entry, with the weights that record.py gives it.
std::unique_ptr<Layer> build(const Json& entry, const ModelFacts& facts) {
  const Component component = tensor_component("layer", entry.find("type")->text());
  const Shape input = facts.inputs.front().shape;
  const LayerNeeds parent{{input}, facts, *component.parts, {}};
  auto layer =
      build_layer("it", bind_filled<Layer>(component, *entry.find("options")), {input}, parent).layer;
  for (const auto& [name, tensor] : layer->parameters())
    tensor->detach().copy_(spread(tensor->sizes().vec()).mul(0.5));
  return layer;
}

double largest_difference(const std::vector<Module::Named>& ours, const Json& theirs, bool is_gradient) {
  EXPECT_EQ(ours.size(), theirs.entries().size());
  double largest = 0;
  for (const auto& [name, tensor] : ours) {
    largest = std::max(largest, difference(is_gradient ? tensor->grad() : *tensor, *theirs.find(name)));
  }
  return largest;
}

class LayerParity : public ::testing::TestWithParam<std::string> {};

TEST_P(LayerParity, ForwardAndBackwardAreThoseOfPyTorch) {
  const Json file = recorded("layers.json");
  const Json& entry = *file.find(GetParam());
  const ModelFacts facts = facts_of(integers(*entry.find("input")));
  const auto layer = build(entry, facts);
  at::Tensor x = spread(with_batch(batch, facts.inputs.front().shape.sizes)).mul(2).requires_grad_(true);
  Context context;
  context.is_training = true;
  const at::Tensor y = layer->forward({x}, context);
  y.backward(spread(y.sizes().vec()).square());
  context.is_training = false;

  expect_parity(difference(y, *entry.find("output")), layer_forward, "output");
  expect_parity(difference(x.grad(), *entry.find("input gradient")), layer_backward, "input gradient");
  expect_parity(largest_difference(layer->parameters(), *entry.find("gradients"), true), layer_backward,
                "gradients");
  expect_parity(largest_difference(layer->buffers(), *entry.find("buffers"), false), layer_buffers,
                "buffers");
  expect_parity(difference(layer->forward({x}, context), *entry.find("output in evaluation")), layer_forward,
                "output in evaluation");
}

INSTANTIATE_TEST_SUITE_P(Recorded, LayerParity,
                         ::testing::Values("linear", "linear without bias", "conv2d",
                                           "conv2d strided in groups", "conv2d same and dilated",
                                           "conv2d same of even size", "max_pool2d", "max_pool2d overlapping",
                                           "batch_norm2d", "batch_norm2d of features", "flatten", "relu",
                                           "gelu", "gelu by tanh", "tanh", "sigmoid", "silu", "leaky_relu",
                                           "elu"),
                         parity_name);

}  // namespace
}  // namespace assay::testing
