// Attention over sequences and the transformer block that is built around it.
#pragma once

#include <cmath>
#include <cstdint>

#include "plugins/layers/inputs.h"
#include "registry/contracts/weight_inits.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

/// `init:` of attention. What PyTorch starts from is the default of all.
struct AttentionInits {
  Slot<Init> weight = "xavier_uniform";
  Slot<Init> projection = "uniform_fan";
  Slot<Init> bias = "constant";

  static void describe(Fields<AttentionInits>& f) {
    f("weight", &AttentionInits::weight, "first values of the weights of queries, keys and values");
    f("projection", &AttentionInits::projection, "first values of the weights of the output");
    f("bias", &AttentionInits::bias, "first values of the biases");
  }
};

/// What attention is told wherever it stands.
struct AttentionOptions {
  std::int64_t heads = 1;
  bool causal = false;
  bool rotary = false;
  double dropout = 0.0;
  bool bias = true;

  /// Writes down the tensors of attention over `in`, [time, features].
  void outline_tensors(const Shape& in, Outline& out) const {
    const std::int64_t features = in.sizes[1];
    if (features % heads != 0) {
      out.fail(text("has ", count_text(heads, "head"), ", which do not divide the ",
                    count_text(features, "feature"), " of ", to_string(in)),
               "let `heads` divide the features that come in");
    }
    if (rotary && features / heads % 2 != 0) {
      out.fail(text("turns pairs of features, but a head has ", features / heads),
               "choose `heads` so that each has an even number of features, or leave `rotary` out");
    }
    out.parameter("in_proj_weight", {3 * features, features});
    if (bias) out.parameter("in_proj_bias", {3 * features});
    out.parameter("out_proj.weight", {features, features});
    if (bias) out.parameter("out_proj.bias", {features});
  }
};

struct MultiHeadAttentionParams {
  std::int64_t heads = 1;
  bool causal = false;
  bool rotary = false;
  double dropout = 0.0;
  bool bias = true;
  AttentionInits init;

  static void describe(Fields<MultiHeadAttentionParams>& f) {
    f.about("Every place of [time, features] looks at all places: multi-head self-attention.");
    f.source("Vaswani et al. 2017, Attention Is All You Need; torch.nn.MultiheadAttention");
    f("heads", &MultiHeadAttentionParams::heads, "parts of the features that look for themselves", required,
      at_least(1));
    f("causal", &MultiHeadAttentionParams::causal, "a place sees itself and earlier ones only");
    f("rotary", &MultiHeadAttentionParams::rotary,
      "turn queries and keys by their place (Su et al. 2021, RoFormer): pairs of neighbouring features");
    f("dropout", &MultiHeadAttentionParams::dropout, "chance that a weight of the attention is zeroed",
      fraction);
    f("bias", &MultiHeadAttentionParams::bias, "add biases");
    f("init", &MultiHeadAttentionParams::init, "first values of weights and biases");
  }

  AttentionOptions options() const { return {heads, causal, rotary, dropout, bias}; }

  Shape outline(const Shape& in, Outline& out) const {
    if (dropout > 0) out.random();
    require_sequence(in, out);
    options().outline_tensors(in, out);
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

/// `init:` of a transformer block.
struct BlockInits {
  AttentionInits attention;
  WeightInits mlp;

  static void describe(Fields<BlockInits>& f) {
    f("attention", &BlockInits::attention, "of the attention");
    f("mlp", &BlockInits::mlp, "of the two linear layers");
  }
};

struct TransformerBlockParams {
  std::int64_t heads = 1;
  double mlp_ratio = 4.0;
  bool causal = false;
  bool rotary = false;
  std::string norm_place = "before";
  Slot<Layer> norm = "layer_norm";
  Slot<Layer> activation = "gelu";
  double dropout = 0.0;
  double hidden_dropout = 0.0;
  bool bias = true;
  BlockInits init;

  static void describe(Fields<TransformerBlockParams>& f) {
    f.about(
        "Attention and a two-layer network at each place, each added to what comes in: x + "
        "attention(norm(x)), "
        "then x + mlp(norm(x)). Takes [time, features]. An encoder block; with `causal` a decoder block as "
        "of "
        "GPT.");
    f.source(
        "Vaswani et al. 2017, Attention Is All You Need; norms before: Xiong et al. 2020; "
        "torch.nn.TransformerEncoderLayer");
    f("heads", &TransformerBlockParams::heads, "of the attention", required, at_least(1));
    f("mlp_ratio", &TransformerBlockParams::mlp_ratio, "hidden units of the network, for each feature",
      positive);
    f("causal", &TransformerBlockParams::causal, "a place sees itself and earlier ones only");
    f("rotary", &TransformerBlockParams::rotary, "turn queries and keys by their place");
    f("norm_place", &TransformerBlockParams::norm_place,
      "`before` attention and network, or `after` they were added", one_of({"before", "after"}));
    f("norm", &TransformerBlockParams::norm, "the normalisation, as `layer_norm` or `rms_norm`");
    f("activation", &TransformerBlockParams::activation, "of the network");
    f("dropout", &TransformerBlockParams::dropout,
      "chance that a weight of the attention, or an output of attention or network, is zeroed", fraction);
    f("hidden_dropout", &TransformerBlockParams::hidden_dropout,
      "chance that a hidden unit of the network is zeroed; PyTorch takes that of `dropout`, GPT none",
      fraction);
    f("bias", &TransformerBlockParams::bias, "add biases");
    f("init", &TransformerBlockParams::init, "first values of weights and biases");
  }

  AttentionOptions attention() const { return {heads, causal, rotary, dropout, bias}; }
  std::int64_t hidden(std::int64_t features) const {
    return std::llround(mlp_ratio * static_cast<double>(features));
  }

  Shape outline(const Shape& in, Outline& out) const {
    if (dropout > 0 || hidden_dropout > 0) out.random();
    require_sequence(in, out);
    const std::int64_t features = in.sizes[1];
    const Shape wide{{in.sizes[0], hidden(features)}};
    out.part("self_attn", "multi_head_attention", in, [&] {
      attention().outline_tensors(in, out);
      return in;
    });
    outline_linear("linear1", in, wide, out);
    keeps_shape("activation", activation, wide, out);
    outline_linear("linear2", wide, in, out);
    keeps_shape("norm1", norm, in, out);
    keeps_shape("norm2", norm, in, out);
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;

 private:
  void outline_linear(std::string_view name, const Shape& from, const Shape& to, Outline& out) const {
    out.part(name, "linear", from, [&] {
      out.parameter("weight", {to.sizes[1], from.sizes[1]});
      if (bias) out.parameter("bias", {to.sizes[1]});
      return to;
    });
  }
  static void keeps_shape(std::string_view name, const Slot<Layer>& slot, const Shape& shape, Outline& out) {
    const Shape output = out.layer(name, slot, shape);
    if (output == shape) return;
    out.fail(text("has ", slot.name(), " as its ", name, ", which makes ", to_string(output), " of ",
                  to_string(shape)),
             "choose a layer that keeps the shape");
  }
};

void implement_attention(Implementations& parts);  // attention.cpp

}  // namespace assay::layers
