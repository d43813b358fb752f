// Every layer with parameters and an input that suit it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "registry/contracts/shape.h"
#include "tests/contracts/component.h"

namespace assay::testing {

/// Parameters and an input that suit a layer.
struct LayerSample {
  std::string config = "{}";
  Shape input{{3, 4, 4}};               // of one sample; integers are tokens from 0 to 6
  std::vector<Shape> more_inputs = {};  // of layers with several
};

inline LayerSample layer_sample(const std::string& name) {
  static const std::map<std::string, LayerSample> samples{
      {"add", {"{}", {{3, 4}}, {{{3, 1}}}}},
      {"avg_pool1d", {"{}", {{2, 5}}}},
      {"avg_pool2d", {R"({"kernel": 3, "stride": 2, "padding": 1})", {{2, 5, 6}}}},
      {"batch_norm", {"{}", {{3, 4}}}},
      {"concat", {R"({"axis": -1})", {{3, 4}}, {{{3, 1}}, {{3, 2}}}}},
      {"conv1d", {R"({"channels": 4, "groups": 2, "padding": "causal", "dilation": 2})", {{2, 6}}}},
      {"conv2d", {R"({"channels": 4, "groups": 2, "padding": 1, "stride": 2})", {{2, 5, 6}}}},
      {"embedding", {R"({"units": 3, "vocabulary": 7})", {{4}, Dtype::i64}}},
      {"group_norm", {R"({"groups": 2})", {{4, 3}}}},
      {"gru", {R"({"units": 2, "layers": 2, "dropout": 0.3, "output": "last"})", {{4, 3}}}},
      {"learned_positions", {R"({"length": 5})", {{4, 3}}}},
      {"linear", {R"({"units": 4})", {{6}}}},
      {"lstm", {R"({"units": 2, "layers": 2, "dropout": 0.3, "bidirectional": true})", {{4, 3}}}},
      {"max_pool1d", {"{}", {{2, 5}}}},
      {"max_pool2d", {"{}", {{2, 5, 6}}}},
      {"multi_head_attention", {R"({"heads": 2, "causal": true, "rotary": true, "dropout": 0.3})", {{3, 4}}}},
      {"multiply", {"{}", {{3, 4}}, {{{1, 4}}}}},
      {"pad", {R"({"axis": 1, "before": 1, "after": 2})"}},
      {"permute", {R"({"order": [2, 0, 1]})", {{2, 3, 4}}}},
      {"repeat",
       {R"({"times": 2, "shared": true, "layers": [{"type": "linear", "units": 5}, {"type": "dropout", "p": 0.3}]})",
        {{5}}}},
      {"reshape", {R"({"shape": [6, -1]})"}},
      {"residual",
       {R"({"layers": [{"type": "linear", "units": 3}, "tanh"], "shortcut": [{"type": "linear", "units": 3}]})",
        {{5}}}},
      {"rnn", {R"({"units": 2, "bidirectional": true, "output": "last"})", {{4, 3}}}},
      {"sequence", {R"({"layers": [{"type": "linear", "units": 4}, "tanh"]})", {{5}}}},
      {"sinusoidal_positions", {"{}", {{4, 3}}}},
      {"transformer_block",
       {R"({"heads": 2, "dropout": 0.3, "hidden_dropout": 0.2, "mlp_ratio": 1.5})", {{3, 4}}}},
      {"upsample", {R"({"mode": "bilinear"})", {{2, 2, 3}}}},
  };
  const auto found = samples.find(name);
  return found == samples.end() ? LayerSample{} : found->second;
}

inline Shape shape_of(const Json& sizes, Dtype dtype) {
  Shape shape{{}, dtype};
  for (const Json& size : sizes.items()) shape.sizes.push_back(size.integer());
  return shape;
}

/// Of a plugin's layer, `input: [3, 4]`, or a list of these for one with several; with `tokens: true`, of
/// integers.
inline LayerSample layer_sample(const Component& component) {
  LayerSample sample = layer_sample(component.info->name);
  const Json* input = component.sample.find("input");
  if (input == nullptr) return sample;
  const Json* tokens = component.sample.find("tokens");
  const Dtype dtype = tokens != nullptr && tokens->boolean() ? Dtype::i64 : Dtype::f32;
  const bool has_several = !input->items().empty() && input->items().front().is_list();
  sample.input = shape_of(has_several ? input->items().front() : *input, dtype);
  for (std::size_t i = 1; has_several && i < input->items().size(); ++i)
    sample.more_inputs.push_back(shape_of(input->items()[i], dtype));
  return sample;
}

}  // namespace assay::testing
