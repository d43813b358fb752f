#include "plugins/metrics/errors.h"

#include <cmath>

#include <ATen/ops/sub.h>
#include <ATen/ops/zeros.h>

#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

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

/// scores and target [batch, targets] float. Differences are taken in f32, summed in f64.
template <class Error>
class MeanError final : public Metric {
 public:
  using Params = typename Error::Params;

  MeanError(const Params&, const Needs& needs)
      : invert_(needs.invert_targets),
        sum_(at::zeros({}, at::TensorOptions(at::kDouble).device(needs.device))) {}

  void reset() override {
    sum_.zero_();
    count_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    const at::Tensor scores = outputs.scores().detach();
    ASSAY_ASSERT(scores.sizes() == batch.target.sizes());  // else LibTorch would broadcast
    const at::Tensor difference = at::sub(in_units(scores), in_units(batch.target));
    sum_.add_(Error::of(difference.to(at::kDouble)).sum());
    count_ += scores.numel();
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

 private:
  at::Tensor in_units(const at::Tensor& values) const { return invert_ ? invert_(values) : values; }

  std::function<at::Tensor(const at::Tensor&)> invert_;
  at::Tensor sum_;  // 0-d f64
  std::int64_t count_ = 0;
};

}  // namespace

void implement_errors(Implementations& parts) {
  parts.add<MeanError<AbsoluteError>>("mae");
  parts.add<MeanError<SquaredError>>("rmse");
}

}  // namespace assay::metrics
