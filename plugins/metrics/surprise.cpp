#include "plugins/metrics/surprise.h"

#include <cmath>
#include <numbers>

#include <ATen/core/Reduction.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/zeros.h>

#include "plugins/metrics/places.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

struct Perplexity {
  using Params = PerplexityParams;
  static constexpr const char* name = "perplexity";
  static double of(double nats) { return std::exp(nats); }
};

struct BitsPerCharacter {
  using Params = BitsPerCharacterParams;
  static constexpr const char* name = "bits_per_character";
  static double of(double nats) { return nats / std::numbers::ln2; }
};

/// scores [batch, ..., classes] float, target [batch, ...] i64. Logarithms are taken in f32, batches summed
/// in f64.
template <class Form>
class Surprise final : public Metric {
 public:
  using Params = typename Form::Params;

  Surprise(const Params& params, const Needs& needs)
      : ignored_(params.ignore_index.value_or(-100)),
        nats_(at::zeros({}, at::TensorOptions(at::kDouble).device(needs.device))),
        places_(params.ignore_index, needs.device) {}

  void reset() override {
    nats_.zero_();
    places_.reset();
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    at::Tensor scores = outputs.scores().detach().flatten(0, -2);
    if (scores.element_size() < 4) scores = scores.to(at::kFloat);  // of a model in 16 bits
    const at::Tensor nats =
        at::cross_entropy_loss(scores, batch.target.flatten(), {}, at::Reduction::None, ignored_);
    nats_.add_(nats.sum(at::kDouble));  // 0 where it is ignored
    places_.add(batch.target);
  }

  std::vector<Scalar> values() const override {
    const std::int64_t count = places_.count();
    if (count == 0) return {};
    return {{Form::name, Form::of(nats_.template item<double>() / static_cast<double>(count))}};
  }

  void save(StateWriter& out) const override {
    save_tensor(out, "nats", nats_);
    places_.save(out);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "nats", nats_);
    places_.load(in);
  }

  void merge(const StateReader& other) override {
    nats_.add_(saved_tensor(other, "nats", nats_));
    places_.merge(other);
  }

 private:
  std::int64_t ignored_;
  at::Tensor nats_;  // 0-d f64
  Places places_;
};

}  // namespace

void implement_surprise(Implementations& parts) {
  parts.add<Surprise<BitsPerCharacter>>("bits_per_character");
  parts.add<Surprise<Perplexity>>("perplexity");
}

}  // namespace assay::metrics
