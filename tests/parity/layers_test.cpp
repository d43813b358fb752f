// Every layer, forwards and backwards, against those of PyTorch with the same weights.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>

#include "registry/contracts/tensor/model.h"
#include "tests/parity/recorded.h"

namespace assay::testing {
namespace {

constexpr std::int64_t batch = 4, tokens = 7;

/// What an entry's layer was given: tokens, or numbers that take part in the backward pass.
at::Tensor input_of(const Json& entry, const std::vector<std::int64_t>& shape) {
  const std::vector<std::int64_t> sizes = with_batch(batch, shape);
  if (entry.find("type")->text() == "embedding") {
    return at::arange(element_count(sizes), at::kLong).remainder(tokens).reshape(sizes);
  }
  return spread(sizes).mul(2).requires_grad_(true);
}

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
  ModelFacts facts = facts_of(integers(*entry.find("input")));
  if (entry.find("type")->text() == "embedding") facts.inputs.front().shape.dtype = Dtype::i64;
  const auto layer = build(entry, facts);
  const at::Tensor x = input_of(entry, facts.inputs.front().shape.sizes);
  Context context;
  context.is_training = true;
  const at::Tensor y = layer->forward({x}, context);
  y.backward(spread(y.sizes().vec()).square());
  context.is_training = false;

  expect_parity(difference(y, *entry.find("output")), layer_forward, "output");
  if (x.requires_grad()) {
    expect_parity(difference(x.grad(), *entry.find("input gradient")), layer_backward, "input gradient");
  }
  expect_parity(largest_difference(layer->parameters(), *entry.find("gradients"), true), layer_backward,
                "gradients");
  expect_parity(largest_difference(layer->buffers(), *entry.find("buffers"), false), layer_buffers,
                "buffers");
  expect_parity(difference(layer->forward({x}, context), *entry.find("output in evaluation")), layer_forward,
                "output in evaluation");
}

const std::vector<std::string> entries{"linear",
                                       "linear along a sequence",
                                       "linear without bias",
                                       "conv2d",
                                       "conv2d strided in groups",
                                       "conv2d same and dilated",
                                       "conv2d same of even size",
                                       "conv2d depthwise",
                                       "conv1d",
                                       "conv1d dilated in groups",
                                       "conv1d causal",
                                       "max_pool1d",
                                       "avg_pool1d",
                                       "avg_pool2d",
                                       "avg_pool2d overlapping",
                                       "adaptive_avg_pool2d",
                                       "global_avg_pool",
                                       "max_pool2d",
                                       "max_pool2d overlapping",
                                       "batch_norm2d",
                                       "batch_norm2d of features",
                                       "batch_norm of signals",
                                       "layer_norm",
                                       "layer_norm of images",
                                       "rms_norm",
                                       "group_norm",
                                       "flatten",
                                       "relu",
                                       "gelu",
                                       "gelu by tanh",
                                       "tanh",
                                       "sigmoid",
                                       "silu",
                                       "leaky_relu",
                                       "elu",
                                       "selu",
                                       "softplus",
                                       "mish",
                                       "hardswish",
                                       "upsample",
                                       "upsample bilinear",
                                       "reshape",
                                       "permute",
                                       "select",
                                       "mean",
                                       "pad",
                                       "embedding",
                                       "learned_positions",
                                       "sinusoidal_positions",
                                       "rnn",
                                       "rnn of relu backwards",
                                       "lstm",
                                       "lstm stacked",
                                       "lstm in both directions",
                                       "lstm to its end",
                                       "gru",
                                       "gru in both directions to its end",
                                       "multi_head_attention",
                                       "multi_head_attention causal",
                                       "multi_head_attention rotary",
                                       "transformer_block",
                                       "transformer_block causal",
                                       "transformer_block with norms after",
                                       "sequence",
                                       "residual",
                                       "residual without shortcut",
                                       "repeat",
                                       "repeat shared"};

INSTANTIATE_TEST_SUITE_P(Recorded, LayerParity, ::testing::ValuesIn(entries), parity_name);

/// Those that draw, and those that are one operation on several inputs: their own tests say what holds.
const std::vector<std::string> not_recorded{"add", "concat", "dropout", "dropout2d", "multiply"};

TEST(LayerParity, EveryLayerIsRecorded) {
  const Json file = recorded("layers.json");
  std::vector<std::string> covered = not_recorded;
  for (const std::string& name : entries) covered.push_back(file.find(name)->find("type")->text());

  for (const std::string& name : tensor_registry().names("layer")) {
    EXPECT_THAT(covered, ::testing::Contains(name));
  }
}

}  // namespace
}  // namespace assay::testing
