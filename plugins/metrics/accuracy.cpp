#include "plugins/metrics/accuracy.h"

#include <ATen/ops/argmax.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/zeros.h>

#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

/// scores [batch, ..., classes] float, target [batch, ...] i64.
class Accuracy final : public Metric {
 public:
  using Params = AccuracyParams;
  Accuracy(const Params&, const Needs& needs)
      : right_(at::zeros({}, at::TensorOptions(at::kLong).device(needs.device))) {}

  void reset() override {
    right_.zero_();
    seen_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    right_.add_(at::eq(at::argmax(outputs.scores().detach(), -1), batch.target).sum());
    seen_ += batch.target.numel();
  }

  std::vector<Scalar> values() const override {
    if (seen_ == 0) return {};
    return {{"accuracy", static_cast<double>(right_.item<std::int64_t>()) / static_cast<double>(seen_)}};
  }

  void save(StateWriter& out) const override {
    save_tensor(out, "right", right_);
    out.integer("seen", seen_);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "right", right_);
    seen_ = in.integer("seen");
  }

 private:
  at::Tensor right_;  // 0-d i64
  std::int64_t seen_ = 0;
};

}  // namespace

void implement_accuracy(Implementations& parts) { parts.add<Accuracy>("accuracy"); }

}  // namespace assay::metrics
