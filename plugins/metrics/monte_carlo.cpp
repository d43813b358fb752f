#include "plugins/metrics/monte_carlo.h"

#include <cmath>
#include <numbers>

#include <ATen/ops/logsumexp.h>
#include <ATen/ops/zeros.h>

#include "plugins/metrics/in_units.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

/// A sum over batches of what their passes say. passes [passes, batch, outputs] and target [batch, targets]
/// float; computed and summed in f64. Outputs without passes, as in training, are not looked at.
class OfPasses : public Metric {
 public:
  explicit OfPasses(const Needs& needs)
      : units_(needs), sum_(at::zeros({}, at::TensorOptions(at::kDouble).device(needs.device))) {}

  void reset() final {
    sum_.zero_();
    rows_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) final {
    const at::Tensor* passes = outputs.tensors.find("passes");
    if (passes == nullptr) return;
    const at::Tensor target = units_.targets(batch.target).to(at::kDouble);
    const at::Tensor drawn = units_.predictions(passes->detach().flatten(0, 1))
                                 .to(at::kDouble)
                                 .reshape({passes->size(0), target.size(0), target.size(1)});
    sum_.add_(of_batch(drawn, target));
    rows_ += target.size(0);
  }

  std::vector<Scalar> values() const final {
    if (rows_ == 0) return {};
    return {finish(sum_.item<double>() / static_cast<double>(rows_))};
  }

  void save(StateWriter& out) const final {
    save_tensor(out, "sum", sum_);
    out.integer("rows", rows_);
  }

  void load(const StateReader& in) final {
    load_tensor(in, "sum", sum_);
    rows_ = in.integer("rows");
  }

  void merge(const StateReader& other) final {
    sum_.add_(saved_tensor(other, "sum", sum_));
    rows_ += other.integer("rows");
  }

 private:
  /// drawn: [passes, batch, targets] f64, target: [batch, targets] f64, both in the units of the data. A sum
  /// over the batch, 0-d.
  virtual at::Tensor of_batch(const at::Tensor& drawn, const at::Tensor& target) const = 0;
  /// mean: over rows.
  virtual Scalar finish(double mean) const = 0;

  InUnits units_;
  at::Tensor sum_;  // 0-d f64
  std::int64_t rows_ = 0;
};

class McRmse final : public OfPasses {
 public:
  using Params = McRmseParams;
  McRmse(const Params&, const Needs& needs) : OfPasses(needs) {}

 private:
  at::Tensor of_batch(const at::Tensor& drawn, const at::Tensor& target) const override {
    return drawn.mean(0).sub(target).square().mean(1).sum();
  }
  Scalar finish(double mean) const override { return {"mc_rmse", std::sqrt(mean)}; }
};

class McLogLikelihood final : public OfPasses {
 public:
  using Params = McLogLikelihoodParams;
  McLogLikelihood(const Params& params, const Needs& needs) : OfPasses(needs), tau_(params.tau) {}

 private:
  at::Tensor of_batch(const at::Tensor& drawn, const at::Tensor& target) const override {
    const at::Tensor exponents = drawn.sub(target).square().sum(2).mul(-tau_ / 2);  // [passes, batch]
    const double constant = static_cast<double>(target.size(1)) * std::log(tau_ / (2 * std::numbers::pi)) / 2;
    return at::logsumexp(exponents, 0).add(constant - std::log(static_cast<double>(drawn.size(0)))).sum();
  }
  Scalar finish(double mean) const override { return {"mc_log_likelihood", mean}; }

  double tau_;
};

}  // namespace

void implement_monte_carlo(Implementations& parts) {
  parts.add<McLogLikelihood>("mc_log_likelihood");
  parts.add<McRmse>("mc_rmse");
}

}  // namespace assay::metrics
