#include "plugins/metrics/ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/log_softmax.h>

#include "plugins/metrics/class_names.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/implementations.h"

namespace assay::metrics {

namespace {

/// Samples by falling score, samples of the same score together.
struct Ranked {
  double score;
  bool is_true;
};

/// From the first to the last threshold: how many samples lie above it, true and false ones.
struct Above {
  double right = 0;
  double wrong = 0;
};

std::vector<Above> curve_of(std::vector<Ranked> samples) {
  std::sort(samples.begin(), samples.end(),
            [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  std::vector<Above> curve{{}};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i == 0 || samples[i].score != samples[i - 1].score) curve.push_back(curve.back());
    (samples[i].is_true ? curve.back().right : curve.back().wrong) += 1;
  }
  return curve;
}

struct Auroc {
  using Params = AurocParams;
  static constexpr const char* name = "auroc";
  static double of(const std::vector<Above>& curve) {
    double area = 0;
    for (std::size_t i = 1; i < curve.size(); ++i) {
      area += (curve[i].wrong - curve[i - 1].wrong) * (curve[i].right + curve[i - 1].right) / 2;
    }
    return area / (curve.back().right * curve.back().wrong);
  }
};

struct AveragePrecision {
  using Params = AveragePrecisionParams;
  static constexpr const char* name = "average_precision";
  static double of(const std::vector<Above>& curve) {
    double sum = 0;
    for (std::size_t i = 1; i < curve.size(); ++i) {
      const double precision = curve[i].right / (curve[i].right + curve[i].wrong);
      sum += (curve[i].right - curve[i - 1].right) * precision;
    }
    return sum / curve.back().right;
  }
};

/// The value of one class, and how often it is true.
struct OfClass {
  std::string name;
  double value = std::numeric_limits<double>::quiet_NaN();
  double weight = 0;
};

/// scores [batch, classes] float, target [batch] i64 or, of answers, [batch, classes] float.
template <class Form>
class Ranking final : public Metric {
 public:
  using Params = typename Form::Params;
  Ranking(const Params& params, const Needs& needs)
      : average_(params.average), task_(needs.task), device_(needs.device) {}

  void reset() override {
    scores_.clear();
    targets_.clear();
  }

  void update(const Outputs& outputs, const Batch& batch) override {
    ASSAY_ASSERT(!has_answers() || outputs.scores().sizes() == batch.target.sizes());
    scores_.push_back(outputs.scores().detach().to(at::kFloat, /*non_blocking=*/false, /*copy=*/true));
    targets_.push_back(batch.target.clone());
  }

  std::vector<Scalar> values() const override {
    if (scores_.empty()) return {};
    const std::vector<OfClass> classes = of_classes();
    if (classes.size() == 1) return {{Form::name, classes.front().value}};
    if (average_ == "none") return each(classes);
    const bool is_weighted = average_ == "weighted";
    double sum = 0, weights = 0;
    for (const OfClass& one : classes) {
      if (std::isnan(one.value)) continue;
      const double weight = is_weighted ? one.weight : 1;
      sum += weight * one.value;
      weights += weight;
    }
    return {{is_weighted ? text(Form::name, "_weighted") : Form::name, sum / weights}};
  }

  void save(StateWriter& out) const override {
    out.integer("is_empty", scores_.empty() ? 1 : 0);
    if (scores_.empty()) return;
    save_tensor(out, "scores", at::cat(scores_));
    save_tensor(out, "targets", at::cat(targets_));
  }

  void load(const StateReader& in) override {
    reset();
    merge(in);
  }

  void merge(const StateReader& other) override {
    if (other.integer("is_empty") != 0) return;
    scores_.push_back(tensor_over(other.array("scores")).clone().to(device_));
    targets_.push_back(tensor_over(other.array("targets")).clone().to(device_));
  }

 private:
  bool has_answers() const { return task_.kind == Task::Kind::regression; }

  std::vector<OfClass> of_classes() const {
    const at::Tensor scores = ranks();
    const at::Tensor targets = at::cat(targets_).cpu();
    const std::int64_t columns = scores.size(1);
    std::vector<OfClass> out;
    for (std::int64_t i = 0; i < columns; ++i) {
      const std::int64_t number = columns == 1 && !has_answers() ? 1 : i;
      const at::Tensor is_true = has_answers() ? at::gt(targets.select(1, i), 0.5) : at::eq(targets, number);
      out.push_back(of_class(number, scores.select(1, i).contiguous(), is_true.contiguous()));
    }
    return out;
  }

  // What orders the samples by the probability of each class, [rows, classes] f64: of two classes the lead of
  // class 1, of more the log of the probability. Probabilities themselves would all be 1 near 1.
  at::Tensor ranks() const {
    const at::Tensor scores = at::cat(scores_).to(at::kCPU, at::kDouble);
    if (has_answers()) return scores;
    if (scores.size(1) == 2) return scores.narrow(1, 1, 1).sub(scores.narrow(1, 0, 1));
    return at::log_softmax(scores, 1);
  }

  OfClass of_class(std::int64_t number, const at::Tensor& scores, const at::Tensor& is_true) const {
    OfClass out{class_name(task_, static_cast<std::size_t>(number))};
    std::vector<Ranked> samples;
    for (std::int64_t i = 0; i < scores.numel(); ++i) {
      const double score = scores.const_data_ptr<double>()[i];
      if (std::isnan(score)) return out;
      samples.push_back({score, is_true.const_data_ptr<bool>()[i]});
    }
    const std::vector<Above> curve = curve_of(std::move(samples));
    out.weight = curve.back().right;
    if (curve.back().right > 0 && curve.back().wrong > 0) out.value = Form::of(curve);
    return out;
  }

  static std::vector<Scalar> each(const std::vector<OfClass>& classes) {
    std::vector<Scalar> out;
    for (const OfClass& one : classes) out.push_back({text(Form::name, '_', one.name), one.value});
    return out;
  }

  std::string average_;
  Task task_;
  at::Device device_;
  std::vector<at::Tensor> scores_;   // [rows of a batch, classes] f32 each
  std::vector<at::Tensor> targets_;  // [rows of a batch] i64 each
};

}  // namespace

void implement_ranking(Implementations& parts) {
  parts.add<Ranking<Auroc>>("auroc");
  parts.add<Ranking<AveragePrecision>>("average_precision");
}

}  // namespace assay::metrics
