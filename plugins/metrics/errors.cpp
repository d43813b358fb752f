#include "plugins/metrics/errors.h"

#include <cmath>
#include <limits>

#include <ATen/ops/sub.h>
#include <ATen/ops/zeros.h>

#include "plugins/metrics/in_units.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

/// scores [batch, outputs] and target [batch, targets] float: prediction - target, [batch, targets] f64.
/// Differences are taken in the type of the scores.
at::Tensor errors_of(const InUnits& units, const Outputs& outputs, const Batch& batch) {
  const at::Tensor predictions = units.predictions(outputs.scores().detach());
  ASSAY_ASSERT(predictions.sizes() == batch.target.sizes());  // else LibTorch would broadcast
  return at::sub(predictions, units.targets(batch.target)).to(at::kDouble);
}

struct SquaredError {
  using Params = RmseParams;
  static constexpr const char* name = "rmse";
  static at::Tensor of(const at::Tensor& difference) { return difference.square(); }
  static double finish(double mean) { return std::sqrt(mean); }
};

struct AbsoluteError {
  using Params = MaeParams;
  static constexpr const char* name = "mae";
  static at::Tensor of(const at::Tensor& difference) { return difference.abs(); }
  static double finish(double mean) { return mean; }
};

/// Summed in f64.
template <class Error>
class MeanError final : public Metric {
 public:
  using Params = typename Error::Params;

  MeanError(const Params&, const Needs& needs)
      : units_(needs), sum_(at::zeros({}, at::TensorOptions(at::kDouble).device(needs.device))) {}

  void reset() override {
    sum_.zero_();
    count_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    sum_.add_(Error::of(errors_of(units_, outputs, batch)).sum());
    count_ += batch.target.numel();
  }

  std::vector<Scalar> values() const override {
    if (count_ == 0) return {};
    return {{Error::name, Error::finish(sum_.template item<double>() / static_cast<double>(count_))}};
  }

  void save(StateWriter& out) const override {
    save_tensor(out, "sum", sum_);
    out.integer("count", count_);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "sum", sum_);
    count_ = in.integer("count");
  }

  void merge(const StateReader& other) override {
    sum_.add_(saved_tensor(other, "sum", sum_));
    count_ += other.integer("count");
  }

 private:
  InUnits units_;
  at::Tensor sum_;  // 0-d f64
  std::int64_t count_ = 0;
};

/// Means and squared distances of batches are merged after Chan, Golub and LeVeque 1979, which loses nothing
/// where targets are far from 0.
class R2 final : public Metric {
 public:
  using Params = R2Params;

  R2(const Params&, const Needs& needs) : units_(needs) {
    for (at::Tensor* sum : {&mean_, &distances_, &errors_}) {
      *sum = at::zeros({needs.task.outputs}, at::TensorOptions(at::kDouble).device(needs.device));
    }
  }

  void reset() override {
    for (at::Tensor* sum : {&mean_, &distances_, &errors_}) sum->zero_();
    rows_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    errors_.add_(errors_of(units_, outputs, batch).square().sum(0));
    const at::Tensor target = units_.targets(batch.target).to(at::kDouble);
    const at::Tensor mean = target.mean(0);
    add_targets(target.size(0), mean, target.sub(mean).square().sum(0));
  }

  std::vector<Scalar> values() const override {
    if (rows_ == 0) return {};
    if (rows_ == 1) return {{"r2", std::numeric_limits<double>::quiet_NaN()}};
    const at::Tensor errors = errors_.cpu(), distances = distances_.cpu();
    double sum = 0;
    for (std::int64_t i = 0; i < errors.numel(); ++i) {
      sum += share_explained(errors.const_data_ptr<double>()[i], distances.const_data_ptr<double>()[i]);
    }
    return {{"r2", sum / static_cast<double>(errors.numel())}};
  }

  void save(StateWriter& out) const override {
    save_tensor(out, "mean", mean_);
    save_tensor(out, "distances", distances_);
    save_tensor(out, "errors", errors_);
    out.integer("rows", rows_);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "mean", mean_);
    load_tensor(in, "distances", distances_);
    load_tensor(in, "errors", errors_);
    rows_ = in.integer("rows");
  }

  void merge(const StateReader& other) override {
    const std::int64_t rows = other.integer("rows");
    if (rows == 0) return;
    errors_.add_(saved_tensor(other, "errors", errors_));
    add_targets(rows, saved_tensor(other, "mean", mean_), saved_tensor(other, "distances", distances_));
  }

 private:
  // mean, distances: of the targets of these rows, [targets] f64.
  void add_targets(std::int64_t rows, const at::Tensor& mean, const at::Tensor& distances) {
    const auto before = static_cast<double>(rows_), here = static_cast<double>(rows);
    const at::Tensor apart = mean.sub(mean_);
    distances_.add_(distances);
    distances_.add_(apart.square(), before * here / (before + here));
    mean_.add_(apart, here / (before + here));
    rows_ += rows;
  }

  // Of a target that is always the same there is nothing to explain; as scikit-learn.
  static double share_explained(double errors, double distances) {
    if (distances == 0) return errors == 0 ? 1 : 0;
    return 1 - errors / distances;
  }

  InUnits units_;
  at::Tensor mean_;       // [targets] f64
  at::Tensor distances_;  // [targets] f64, squared, from the mean, summed
  at::Tensor errors_;     // [targets] f64, squared and summed
  std::int64_t rows_ = 0;
};

}  // namespace

void implement_errors(Implementations& parts) {
  parts.add<MeanError<AbsoluteError>>("mae");
  parts.add<R2>("r2");
  parts.add<MeanError<SquaredError>>("rmse");
}

}  // namespace assay::metrics
