#include "plugins/metrics/accuracy.h"

#include <cmath>
#include <string>
#include <utility>

#include <ATen/ops/arange.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/zeros.h>

#include "plugins/metrics/places.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

/// As at::argmax: the first of the largest, where nan is the largest of all.
std::int64_t place_of_largest(const float* values, std::int64_t count) {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < count && !std::isnan(values[best]); ++i) {
    if (values[i] > values[best] || std::isnan(values[i])) best = i;
  }
  return best;
}

/// The share of places that are right. scores [batch, ..., classes] float, target [batch, ...] i64.
class ShareOfRight : public Metric {
 public:
  ShareOfRight(std::string name, std::optional<std::int64_t> ignored, const Needs& needs)
      : name_(std::move(name)),
        right_(at::zeros({}, at::TensorOptions(at::kLong).device(needs.device))),
        places_(ignored, needs.device) {}

  void reset() final {
    right_.zero_();
    places_.reset();
  }

  void update(const Outputs& outputs, const Batch& batch) final {
    const at::Tensor scores = outputs.scores().detach();
    places_.add(batch.target);
    if (!places_.are_all_counted() || !is_countable(scores, batch.target)) {
      right_.add_(places_.only_counted(is_right(scores, batch.target), batch.target).sum());
    } else {
      *right_.mutable_data_ptr<std::int64_t>() += count_right(scores, batch.target);
    }
  }

  std::vector<Scalar> values() const final {
    const std::int64_t count = places_.count();
    if (count == 0) return {};
    return {{name_, static_cast<double>(right_.item<std::int64_t>()) / static_cast<double>(count)}};
  }

  void save(StateWriter& out) const final {
    save_tensor(out, "right", right_);
    places_.save(out);
  }

  void load(const StateReader& in) final {
    load_tensor(in, "right", right_);
    places_.load(in);
  }

  void merge(const StateReader& other) final {
    right_.add_(saved_tensor(other, "right", right_));
    places_.merge(other);
  }

 private:
  /// [batch, ...] boolean.
  virtual at::Tensor is_right(const at::Tensor& scores, const at::Tensor& target) const = 0;
  /// Whether count_right() takes them.
  virtual bool is_countable(const at::Tensor&, const at::Tensor&) const { return false; }
  /// The same in a loop, for small batches on the CPU, where operators take longer to start than to count.
  virtual std::int64_t count_right(const at::Tensor&, const at::Tensor&) const { return 0; }

  std::string name_;
  at::Tensor right_;  // 0-d i64
  Places places_;
};

class Accuracy final : public ShareOfRight {
 public:
  using Params = AccuracyParams;
  Accuracy(const Params& params, const Needs& needs) : ShareOfRight("accuracy", params.ignore_index, needs) {}

 private:
  at::Tensor is_right(const at::Tensor& scores, const at::Tensor& target) const override {
    return at::eq(at::argmax(scores, -1), target);
  }

  bool is_countable(const at::Tensor& scores, const at::Tensor& target) const override {
    return scores.is_cpu() && scores.scalar_type() == at::kFloat && scores.is_contiguous() &&
           target.is_contiguous();
  }

  std::int64_t count_right(const at::Tensor& scores, const at::Tensor& target) const override {
    const std::int64_t classes = scores.size(-1);
    const float* row = scores.const_data_ptr<float>();
    const std::int64_t* classes_of = target.const_data_ptr<std::int64_t>();
    std::int64_t right = 0;
    for (std::int64_t i = 0; i < target.numel(); ++i, row += classes) {
      right += place_of_largest(row, classes) == classes_of[i] ? 1 : 0;
    }
    return right;
  }
};

class TopK final : public ShareOfRight {
 public:
  using Params = TopKParams;
  TopK(const Params& params, const Needs& needs)
      : ShareOfRight(text("top_k_", params.k), params.ignore_index, needs), k_(params.k) {}

 private:
  // By the place of the true class: which of equal scores at::topk takes is not said.
  at::Tensor is_right(const at::Tensor& scores, const at::Tensor& target) const override {
    const std::int64_t classes = scores.size(-1);
    const at::Tensor known = target.clamp(0, classes - 1).unsqueeze(-1);  // what is ignored may be no class
    const at::Tensor own = at::gather(scores, -1, known);
    const at::Tensor is_later = at::gt(at::arange(classes, target.options()), known);
    const at::Tensor is_behind = at::lt(scores, own).logical_or(at::eq(scores, own).logical_and(is_later));
    return at::gt(is_behind.sum(-1), classes - 1 - k_);
  }

  std::int64_t k_;
};

}  // namespace

void implement_accuracy(Implementations& parts) {
  parts.add<Accuracy>("accuracy");
  parts.add<TopK>("top_k");
}

}  // namespace assay::metrics
