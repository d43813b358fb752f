#include "plugins/metrics/counts.h"

#include <functional>

#include <ATen/ops/argmax.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>

#include "plugins/metrics/class_names.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

/// Of one class, or of several together.
struct Counts {
  double found = 0;      // predicted where it was true
  double predicted = 0;  // as this class
  double actual = 0;     // of this class
};

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

struct Precision {
  using Params = PrecisionParams;
  static constexpr const char* name = "precision";
  static double of(const Counts& counts) { return ratio(counts.found, counts.predicted); }
};

struct Recall {
  using Params = RecallParams;
  static constexpr const char* name = "recall";
  static double of(const Counts& counts) { return ratio(counts.found, counts.actual); }
};

struct F1 {
  using Params = F1Params;
  static constexpr const char* name = "f1";
  static double of(const Counts& counts) { return ratio(2 * counts.found, counts.predicted + counts.actual); }
};

/// scores [batch, ..., classes] float, target [batch, ...] i64; of answers target [batch, classes] float.
template <class Form>
class OfClasses final : public Metric {
 public:
  using Params = typename Form::Params;

  OfClasses(const Params& params, const Needs& needs)
      : average_(params.average), task_(needs.task), predictions_(needs.predictions) {
    for (at::Tensor* counts : {&found_, &predicted_, &actual_}) {
      *counts = at::zeros({task_.outputs}, at::TensorOptions(at::kLong).device(needs.device));
    }
  }

  void reset() override {
    for (at::Tensor* counts : {&found_, &predicted_, &actual_}) counts->zero_();
    seen_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    const at::Tensor scores = outputs.scores().detach();
    if (task_.kind == Task::Kind::regression) {
      count_answers(predictions_ ? predictions_(scores) : scores, batch.target);
    } else {
      count_classes(at::argmax(scores, -1).flatten(), batch.target.flatten());
    }
    seen_ += batch.target.numel();
  }

  std::vector<Scalar> values() const override {
    if (seen_ == 0) return {};
    const std::vector<Counts> classes = counts();
    if (average_ == "micro") return {{text(Form::name, "_micro"), Form::of(total(classes))}};
    if (average_ == "none") return each(classes);
    const bool is_weighted = average_ == "weighted";
    double sum = 0, weights = 0;
    for (const Counts& one : classes) {
      const double occurs = one.predicted + one.actual > 0 ? 1 : 0;
      const double weight = is_weighted ? one.actual : occurs;
      sum += weight * Form::of(one);
      weights += weight;
    }
    return {{is_weighted ? text(Form::name, "_weighted") : Form::name, sum / weights}};
  }

  void save(StateWriter& out) const override {
    save_tensor(out, "found", found_);
    save_tensor(out, "predicted", predicted_);
    save_tensor(out, "actual", actual_);
    out.integer("seen", seen_);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "found", found_);
    load_tensor(in, "predicted", predicted_);
    load_tensor(in, "actual", actual_);
    seen_ = in.integer("seen");
  }

  void merge(const StateReader& other) override {
    found_.add_(saved_tensor(other, "found", found_));
    predicted_.add_(saved_tensor(other, "predicted", predicted_));
    actual_.add_(saved_tensor(other, "actual", actual_));
    seen_ += other.integer("seen");
  }

 private:
  void count_classes(const at::Tensor& predicted, const at::Tensor& target) {
    const at::Tensor one = at::ones_like(target);
    found_.index_add_(0, target, at::eq(predicted, target).to(at::kLong));
    predicted_.index_add_(0, predicted, one);
    actual_.index_add_(0, target, one);
  }

  void count_answers(const at::Tensor& predictions, const at::Tensor& target) {
    ASSAY_ASSERT(predictions.sizes() == target.sizes());  // else LibTorch would broadcast
    const at::Tensor is_given = at::gt(predictions, 0.5), is_true = at::gt(target, 0.5);
    found_.add_(is_given.logical_and(is_true).sum(0));
    predicted_.add_(is_given.sum(0));
    actual_.add_(is_true.sum(0));
  }

  std::vector<Counts> counts() const {
    const at::Tensor found = found_.cpu(), predicted = predicted_.cpu(), actual = actual_.cpu();
    const auto at_class = [](const at::Tensor& counts, std::int64_t i) {
      return static_cast<double>(counts.template const_data_ptr<std::int64_t>()[i]);
    };
    std::vector<Counts> out;
    for (std::int64_t i = 0; i < found.numel(); ++i) {
      out.push_back({at_class(found, i), at_class(predicted, i), at_class(actual, i)});
    }
    return out;
  }

  static Counts total(const std::vector<Counts>& classes) {
    Counts sum;
    for (const Counts& one : classes) {
      sum.found += one.found;
      sum.predicted += one.predicted;
      sum.actual += one.actual;
    }
    return sum;
  }

  std::vector<Scalar> each(const std::vector<Counts>& classes) const {
    std::vector<Scalar> out;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      out.push_back({text(Form::name, '_', class_name(task_, i)), Form::of(classes[i])});
    }
    return out;
  }

  std::string average_;
  Task task_;
  std::function<at::Tensor(const at::Tensor&)> predictions_;
  at::Tensor found_, predicted_, actual_;  // [classes] i64
  std::int64_t seen_ = 0;
};

/// As above.
class ConfusionMatrix final : public Metric {
 public:
  using Params = ConfusionMatrixParams;
  ConfusionMatrix(const Params&, const Needs& needs)
      : classes_(needs.task.outputs),
        counts_(at::zeros({classes_ * classes_}, at::TensorOptions(at::kLong).device(needs.device))) {}

  void reset() override {
    counts_.zero_();
    seen_ = 0;
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    const at::Tensor predicted = at::argmax(outputs.scores().detach(), -1).flatten();
    const at::Tensor pair = batch.target.flatten().mul(classes_).add(predicted);
    counts_.index_add_(0, pair, at::ones_like(pair));
    seen_ += pair.numel();
  }

  std::vector<Scalar> values() const override { return {}; }

  std::vector<NamedArray> arrays() const override {
    if (seen_ == 0) return {};
    return {{"confusion_matrix", array_of(counts_).reshaped({classes_, classes_})}};
  }

  void save(StateWriter& out) const override {
    save_tensor(out, "counts", counts_);
    out.integer("seen", seen_);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "counts", counts_);
    seen_ = in.integer("seen");
  }

  void merge(const StateReader& other) override {
    counts_.add_(saved_tensor(other, "counts", counts_));
    seen_ += other.integer("seen");
  }

 private:
  std::int64_t classes_;
  at::Tensor counts_;  // [true class * predicted class] i64
  std::int64_t seen_ = 0;
};

}  // namespace

void implement_counts(Implementations& parts) {
  parts.add<ConfusionMatrix>("confusion_matrix");
  parts.add<OfClasses<F1>>("f1");
  parts.add<OfClasses<Precision>>("precision");
  parts.add<OfClasses<Recall>>("recall");
}

}  // namespace assay::metrics
