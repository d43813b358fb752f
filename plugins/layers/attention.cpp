#include "plugins/layers/attention.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/triu.h>

#include "plugins/layers/angles.h"
#include "plugins/layers/weights.h"
#include "registry/contracts/tensor/dropout.h"
#include "registry/contracts/tensor/linear.h"

namespace assay::layers {

namespace {

/// Turns neighbouring features 2i and 2i + 1 of place t by the angle t / 10000^(2i / features).
/// Source: Su et al. 2021, RoFormer, eq. 34.
class Rotation {
 public:
  Rotation(std::int64_t time, std::int64_t features) {
    const std::vector<std::int64_t> shape{time, features / 2};
    cosines_ = at::empty(shape, at::kFloat);
    sines_ = at::empty(shape, at::kFloat);
    float* cosine = cosines_.mutable_data_ptr<float>();
    float* sine = sines_.mutable_data_ptr<float>();
    for (std::int64_t t = 0; t < time; ++t) {
      for (std::int64_t i = 0; i < features / 2; ++i) {
        const double angle = angle_of(t, i, features, rotary_base);
        *cosine++ = static_cast<float>(std::cos(angle));
        *sine++ = static_cast<float>(std::sin(angle));
      }
    }
  }

  /// x [batch, heads, time, features] -> the same shape; time is at most that of the tables.
  at::Tensor operator()(const at::Tensor& x) {
    const at::Tensor cosine = part_of(cosines_, x), sine = part_of(sines_, x);
    const at::Tensor pairs = x.unflatten(-1, {x.size(3) / 2, 2});
    const at::Tensor even = pairs.select(-1, 0), odd = pairs.select(-1, 1);
    return at::stack({even * cosine - odd * sine, odd * cosine + even * sine}, -1).flatten(-2);
  }

 private:
  static at::Tensor part_of(at::Tensor& table, const at::Tensor& x) {
    table = table.to(x.device());  // moved once: it follows from the parameters, so it is no buffer
    return table.narrow(0, 0, x.size(2)).to(x.scalar_type());
  }

  at::Tensor cosines_;  // [time, features / 2]
  at::Tensor sines_;
};

/// x [batch, time, features] -> the same shape. Names are those of torch.nn.MultiheadAttention.
class SelfAttention final : public Module {
 public:
  SelfAttention(const AttentionOptions& options, const AttentionInits& inits, const LayerNeeds& needs)
      : options_(options), dropout_(options.dropout) {
    const Shape& in = needs.inputs.front();
    const std::int64_t features = in.sizes[1];
    const auto add = [&](at::Tensor& tensor, const std::string& name, const std::vector<std::int64_t>& shape,
                         const Slot<Init>& init) {
      tensor = drawn(name, shape, init, {features, shape[0]}, needs);
      add_parameter(name, tensor);
    };
    add(in_weight_, "in_proj_weight", {3 * features, features}, inits.weight);
    if (options.bias) add(in_bias_, "in_proj_bias", {3 * features}, inits.bias);
    add(out_weight_, "out_proj.weight", {features, features}, inits.projection);
    if (options.bias) add(out_bias_, "out_proj.bias", {features}, inits.bias);
    if (options.rotary) rotation_ = std::make_unique<Rotation>(in.sizes[0], features / options.heads);
    add_child("dropout", dropout_);
  }

  at::Tensor operator()(const at::Tensor& x, Context& context) {
    const std::int64_t features = x.size(2);
    const at::Tensor all = assay::linear(x, in_weight_, in_bias_)
                               .view({x.size(0), x.size(1), 3, options_.heads, features / options_.heads})
                               .permute({2, 0, 3, 1, 4});  // [3, batch, heads, time, features of a head]
    at::Tensor query = all.select(0, 0), key = all.select(0, 1);
    if (rotation_) {
      query = (*rotation_)(query);
      key = (*rotation_)(key);
    }
    const at::Tensor seen = attend(query, key, all.select(0, 2), context);
    return assay::linear(seen.transpose(1, 2).reshape(x.sizes()), out_weight_, out_bias_);
  }

 private:
  /// The dropout of LibTorch's own attention would draw from its global generator.
  at::Tensor attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                    Context& context) {
    if (options_.dropout == 0 || !context.is_random()) {
      return at::scaled_dot_product_attention(query, key, value, {}, 0.0, options_.causal);
    }
    const double scale = 1 / std::sqrt(static_cast<double>(query.size(3)));
    at::Tensor logits = at::matmul(query * scale, key.transpose(-2, -1));
    if (options_.causal) {
      const double never = -std::numeric_limits<double>::infinity();
      logits = logits + at::full({query.size(2), query.size(2)}, never, query.options()).triu(1);
    }
    return at::matmul(dropout_(at::softmax(logits, -1), context), value);
  }

  AttentionOptions options_;
  Dropout dropout_;
  at::Tensor in_weight_, in_bias_, out_weight_, out_bias_;
  std::unique_ptr<Rotation> rotation_;
};

/// x [batch, time, features] -> the same shape.
class MultiHeadAttention final : public SimpleLayer {
 public:
  using Params = MultiHeadAttentionParams;
  MultiHeadAttention(const Params& params, const Needs& needs)
      : attention_(params.options(), params.init, needs) {
    add_child("", attention_);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override { return attention_(x, context); }

 private:
  SelfAttention attention_;
};

/// `weight` and `bias` of a linear map, with names below `name`.
class Affine final : public Module {
 public:
  Affine(const std::string& name, std::int64_t from, std::int64_t to, const TransformerBlockParams& params,
         const LayerNeeds& needs) {
    const LayerNeeds below{needs.inputs, needs.facts, needs.parts, needs.init.below(name)};
    weight_ = drawn("weight", {to, from}, params.init.mlp.weight, {from, to}, below);
    add_parameter("weight", weight_);
    if (!params.bias) return;
    bias_ = drawn("bias", {to}, params.init.mlp.bias, {from, to}, below);
    add_parameter("bias", bias_);
  }

  at::Tensor operator()(const at::Tensor& x) const { return assay::linear(x, weight_, bias_); }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

/// x [batch, time, features] -> the same shape. Names are those of torch.nn.TransformerEncoderLayer.
class TransformerBlock final : public SimpleLayer {
 public:
  using Params = TransformerBlockParams;

  TransformerBlock(const Params& params, const Needs& needs)
      : TransformerBlock(params, needs, needs.inputs.front().sizes[1]) {}

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    if (is_norm_first_) {
      const at::Tensor h = x + attend(norm1_->forward({x}, context), context);
      return h + network(norm2_->forward({h}, context), context);
    }
    const at::Tensor h = norm1_->forward({x + attend(x, context)}, context);
    return norm2_->forward({h + network(h, context)}, context);
  }

 private:
  TransformerBlock(const Params& params, const Needs& needs, std::int64_t features)
      : is_norm_first_(params.norm_place == "before"),
        attention_(params.attention(), params.init.attention,
                   {needs.inputs, needs.facts, needs.parts, needs.init.below("self_attn")}),
        linear1_("linear1", features, params.hidden(features), params, needs),
        linear2_("linear2", params.hidden(features), features, params, needs),
        attention_dropout_(params.dropout),
        hidden_dropout_(params.hidden_dropout),
        dropout_(params.dropout) {
    const Shape& in = needs.inputs.front();
    add_child("self_attn", attention_);
    add_child("linear1", linear1_);
    activation_ = add_layer("activation", params.activation, {{in.sizes[0], params.hidden(features)}}, needs);
    add_child("linear2", linear2_);
    norm1_ = add_layer("norm1", params.norm, in, needs);
    norm2_ = add_layer("norm2", params.norm, in, needs);
    add_child("dropout1", attention_dropout_);
    add_child("dropout", hidden_dropout_);
    add_child("dropout2", dropout_);
  }

  std::unique_ptr<Layer> add_layer(const std::string& name, const Slot<Layer>& slot, const Shape& input,
                                   const Needs& needs) {
    std::unique_ptr<Layer> layer = build_layer(name, slot, {input}, needs).layer;
    add_child(name, *layer);
    return layer;
  }

  at::Tensor attend(const at::Tensor& x, Context& context) {
    return attention_dropout_(attention_(x, context), context);
  }
  at::Tensor network(const at::Tensor& x, Context& context) {
    const at::Tensor hidden = activation_->forward({linear1_(x)}, context);
    return dropout_(linear2_(hidden_dropout_(hidden, context)), context);
  }

  bool is_norm_first_;
  SelfAttention attention_;
  Affine linear1_;
  Affine linear2_;
  Dropout attention_dropout_;
  Dropout hidden_dropout_;
  Dropout dropout_;
  std::unique_ptr<Layer> activation_;
  std::unique_ptr<Layer> norm1_;
  std::unique_ptr<Layer> norm2_;
};

}  // namespace

void implement_attention(Implementations& parts) {
  parts.add<MultiHeadAttention>("multi_head_attention");
  parts.add<TransformerBlock>("transformer_block");
}

}  // namespace assay::layers
