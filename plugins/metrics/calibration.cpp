#include "plugins/metrics/calibration.h"

#include <ATen/ops/eq.h>
#include <ATen/ops/max.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

/// scores [batch, ..., classes] float, target [batch, ...] i64. Probabilities are computed and summed in f64.
class CalibrationError final : public Metric {
 public:
  using Params = CalibrationErrorParams;

  CalibrationError(const Params& params, const Needs& needs)
      : surplus_(at::zeros({params.bins}, at::TensorOptions(at::kDouble).device(needs.device))) {}

  void reset() override {
    surplus_.zero_();
    seen_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    const at::Tensor scores = outputs.scores().detach().flatten(0, -2).to(at::kDouble);
    const auto [sureness, predicted] = at::max(at::softmax(scores, 1), 1);
    const at::Tensor is_right = at::eq(predicted, batch.target.flatten());
    // Bin i, from 0, holds probabilities above i / bins up to (i + 1) / bins.
    const std::int64_t bins = surplus_.size(0);
    const at::Tensor bin =
        sureness.mul(static_cast<double>(bins)).ceil().sub(1).to(at::kLong).clamp(0, bins - 1);
    surplus_.index_add_(0, bin, sureness.sub(is_right.to(at::kDouble)));
    seen_ += batch.target.numel();
  }

  std::vector<Scalar> values() const override {
    if (seen_ == 0) return {};
    return {{"calibration_error", surplus_.abs().sum().item<double>() / static_cast<double>(seen_)}};
  }

  void save(StateWriter& out) const override {
    save_tensor(out, "surplus", surplus_);
    out.integer("seen", seen_);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "surplus", surplus_);
    seen_ = in.integer("seen");
  }

  void merge(const StateReader& other) override {
    surplus_.add_(saved_tensor(other, "surplus", surplus_));
    seen_ += other.integer("seen");
  }

 private:
  at::Tensor surplus_;  // [bins] f64: probabilities of the predicted classes, less how many were right
  std::int64_t seen_ = 0;
};

}  // namespace

void implement_calibration(Implementations& parts) { parts.add<CalibrationError>("calibration_error"); }

}  // namespace assay::metrics
