#include "plugins/layers/embedding.h"

#include <cmath>

#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>

#include "plugins/layers/angles.h"
#include "plugins/layers/weights.h"

namespace assay::layers {

namespace {

/// x [batch, time] integers -> [batch, time, units].
class Embedding final : public SimpleLayer {
 public:
  using Params = EmbeddingParams;

  Embedding(const Params& params, const Needs& needs) {
    const std::int64_t tokens = params.tokens(needs.facts);
    weight_ = drawn("weight", {tokens, params.units}, params.init.weight, {tokens, params.units}, needs);
    add_parameter("weight", weight_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    return at::embedding(weight_, x.to(at::kLong));
  }

 private:
  at::Tensor weight_;
};

/// x [batch, time, features] -> the same shape. A sequence may be shorter than the table.
class LearnedPositions final : public SimpleLayer {
 public:
  using Params = LearnedPositionsParams;

  LearnedPositions(const Params& params, const Needs& needs) {
    const Shape& in = needs.inputs.front();
    const std::int64_t places = params.places(in);
    weight_ = drawn("weight", {places, in.sizes[1]}, params.init.weight, {places, in.sizes[1]}, needs);
    add_parameter("weight", weight_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    return x.add(weight_.narrow(0, 0, x.size(1)));
  }

 private:
  at::Tensor weight_;
};

/// [time, features] f32.
at::Tensor sinusoids(std::int64_t time, std::int64_t features, double base) {
  at::Tensor table = at::empty({time, features}, at::kFloat);
  float* out = table.mutable_data_ptr<float>();
  for (std::int64_t t = 0; t < time; ++t) {
    for (std::int64_t i = 0; i < features; ++i) {
      const double angle = angle_of(t, i / 2, features, base);
      *out++ = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  return table;
}

/// x [batch, time, features] -> the same shape.
class SinusoidalPositions final : public SimpleLayer {
 public:
  using Params = SinusoidalPositionsParams;
  SinusoidalPositions(const Params& params, const Needs& needs)
      : table_(sinusoids(needs.inputs.front().sizes[0], needs.inputs.front().sizes[1], params.base)) {}

  at::Tensor forward(const at::Tensor& x, Context&) override {
    table_ = table_.to(x.device());  // moved once: it follows from the parameters, so it is no buffer
    return x.add(table_.narrow(0, 0, x.size(1)).to(x.scalar_type()));
  }

 private:
  at::Tensor table_;
};

}  // namespace

void implement_embedding(Implementations& parts) {
  parts.add<Embedding>("embedding");
  parts.add<LearnedPositions>("learned_positions");
  parts.add<SinusoidalPositions>("sinusoidal_positions");
}

}  // namespace assay::layers
