#include "plugins/optimizers/lbfgs.h"

#include <cmath>
#include <deque>
#include <utility>
#include <vector>

#include <ATen/ops/dot.h>
#include <ATen/ops/stack.h>

#include "plugins/optimizers/flat_weights.h"
#include "plugins/optimizers/line_search.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

// Below it, the change of the gradient says nothing about the curvature.
constexpr float least_curvature = 1e-10F;

// Numbers about vectors are f32, as PyTorch has them: small differences grow along flat directions.
float product(const at::Tensor& a, const at::Tensor& b) { return at::dot(a, b).item<float>(); }
float largest(const at::Tensor& vector) { return vector.abs().max().item<float>(); }

/// What the last moves showed of the curvature: an estimate of the inverse Hessian.
class History {
 public:
  explicit History(std::int64_t limit) : limit_(static_cast<std::size_t>(limit)) {}

  /// move: of the weights; change: of the gradient over it.
  void note(const at::Tensor& move, const at::Tensor& change) {
    const float curvature = product(change, move);
    if (!(curvature > least_curvature)) return;
    if (pairs_.size() == limit_) pairs_.pop_front();
    pairs_.push_back({move, change, 1 / curvature});
    scale_ = curvature / product(change, change);
  }

  /// Minus the inverse Hessian times a gradient: two passes over the moves (alg. 7.4 of the source).
  at::Tensor direction(const at::Tensor& gradient) const {
    at::Tensor out = gradient.neg();
    std::vector<float> along(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      along[i] = product(pairs_[i].move, out) * pairs_[i].inverse_curvature;
      out.add_(pairs_[i].change, -along[i]);
    }
    out.mul_(scale_);
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const float back = product(pairs_[i].change, out) * pairs_[i].inverse_curvature;
      out.add_(pairs_[i].move, along[i] - back);
    }
    return out;
  }

  /// scale; moves and changes [pairs, weights]; inverse_curvatures [pairs].
  void save(StateWriter& out) const {
    out.real("scale", scale_);
    if (pairs_.empty()) return;
    std::vector<at::Tensor> moves, changes;
    std::vector<float> inverse_curvatures;
    for (const Pair& pair : pairs_) {
      moves.push_back(pair.move);
      changes.push_back(pair.change);
      inverse_curvatures.push_back(pair.inverse_curvature);
    }
    save_tensor(out, "moves", at::stack(moves));
    save_tensor(out, "changes", at::stack(changes));
    out.array("inverse_curvatures", Array::of(inverse_curvatures));
  }

  void load(const StateReader& in, at::Device device) {
    scale_ = static_cast<float>(in.real("scale"));
    pairs_.clear();
    if (!in.has("moves")) return;
    const at::Tensor moves = tensor_over(in.array("moves")), changes = tensor_over(in.array("changes"));
    const at::Tensor inverse_curvatures = tensor_over(in.array("inverse_curvatures"));
    for (std::int64_t i = 0; i < moves.size(0); ++i) {
      const at::Tensor move = moves.select(0, i).clone().to(device);
      const at::Tensor change = changes.select(0, i).clone().to(device);
      pairs_.push_back({move, change, inverse_curvatures.select(0, i).item<float>()});
    }
  }

 private:
  struct Pair {
    at::Tensor move;
    at::Tensor change;
    float inverse_curvature;
  };
  std::size_t limit_;
  std::deque<Pair> pairs_;  // oldest first
  float scale_ = 1;         // of the inverse Hessian before the first pair
};

/// The procedure is that of PyTorch's LBFGS, as is the precision of its numbers.
/// Waits for the device, as each move depends on the loss.
class Lbfgs final : public Optimizer {
 public:
  using Params = LbfgsParams;

  Lbfgs(const Params& params, const Needs& needs)
      : params_(params),
        max_eval_(params.max_eval.value_or(params.max_iter * 5 / 4)),
        weights_(needs.parameters),
        history_(params.history_size) {}

  bool needs_closure() const override { return true; }
  double learning_rate() const override { return params_.lr; }

  void step(const StepContext& context) override {
    const double rate = params_.lr * context.factor;
    if (rate == 0 || is_skipped(context)) return;
    Point now = evaluate(context);
    std::int64_t evaluations = 1;
    for (std::int64_t move = 1; largest(now.gradient) > params_.tolerance_grad; ++move) {
      const double loss = now.loss;
      choose_direction(now.gradient, rate);
      const float slope = product(now.gradient, direction_);
      if (slope > -params_.tolerance_change) return;
      const bool is_last = move == params_.max_iter;
      evaluations += go(now, slope, max_eval_ - evaluations, is_last, context);
      if (is_last || evaluations >= max_eval_) return;
      if (largest(direction_) * std::abs(length_) <= params_.tolerance_change) return;
      if (std::abs(now.loss - loss) < params_.tolerance_change) return;
    }
  }

  /// moves, length, scale, and the vectors direction, gradient and history, if a move was made.
  void save(StateWriter& out) const override {
    out.integer("n_moves", n_moves_);
    if (n_moves_ == 0) return;
    out.real("length", length_);
    save_tensor(out, "direction", direction_);
    save_tensor(out, "gradient", gradient_);
    history_.save(out);
  }

  void load(const StateReader& in) override {
    n_moves_ = in.integer("n_moves");
    if (n_moves_ == 0) return;
    length_ = in.real("length");
    direction_ = tensor_over(in.array("direction")).clone().to(weights_.device());
    gradient_ = tensor_over(in.array("gradient")).clone().to(weights_.device());
    history_.load(in, weights_.device());
  }

 private:
  struct Point {
    double loss;
    at::Tensor gradient;
  };

  static bool is_skipped(const StepContext& context) {
    return context.found_inf.defined() && context.found_inf.item<double>() != 0;
  }

  Point evaluate(const StepContext& context) const {
    const double loss = context.closure();
    at::Tensor gradient = weights_.gradient();
    if (context.grad_scale.defined()) gradient.div_(context.grad_scale);
    return {loss, gradient};
  }

  void choose_direction(const at::Tensor& gradient, double rate) {
    ++n_moves_;
    if (n_moves_ == 1) {
      direction_ = gradient.neg();
      const float shrink = 1 / gradient.abs().sum().item<float>();
      length_ = shrink < 1 ? static_cast<double>(shrink * static_cast<float>(rate)) : rate;
    } else {
      history_.note(direction_.mul(length_), gradient.sub(gradient_));
      direction_ = history_.direction(gradient);
      weights_.hold_still(direction_);
      length_ = rate;
    }
    gradient_ = gradient;
  }

  /// Moves the weights and says how often the loss was computed. Without a line search the last move of a
  /// step leaves `now` as it was: the next step has a batch of its own.
  std::int64_t go(Point& now, float slope, std::int64_t evaluations_left, bool is_last,
                  const StepContext& context) {
    if (params_.line_search == "strong_wolfe") return search(now, slope, evaluations_left, context);
    weights_.add(direction_, length_);
    if (is_last) return 0;
    now = evaluate(context);
    return 1;
  }

  std::int64_t search(Point& now, float slope, std::int64_t evaluations_left, const StepContext& context) {
    const std::vector<at::Tensor> origin = weights_.copy();
    const auto probe = [&](float length) {
      weights_.add(direction_, static_cast<double>(length));
      const Point there = evaluate(context);
      weights_.set(origin);
      return Probe{length, there.loss, product(there.gradient, direction_), there.gradient};
    };
    std::int64_t probes = 0;
    const Probe best =
        strong_wolfe(probe, {0, now.loss, slope, now.gradient}, static_cast<float>(length_),
                     {params_.tolerance_change, evaluations_left, largest(direction_)}, probes);
    length_ = static_cast<double>(best.step);
    now = {best.value, best.gradient};
    weights_.add(direction_, length_);
    return probes;
  }

  Params params_;
  std::int64_t max_eval_;
  FlatWeights weights_;
  History history_;
  std::int64_t n_moves_ = 0;
  double length_ = 0;     // of the last move, in directions
  at::Tensor direction_;  // [weights], of the last move
  at::Tensor gradient_;   // [weights], before the last move
};

}  // namespace

void implement_lbfgs(Implementations& parts) { parts.add<Lbfgs>("lbfgs"); }

}  // namespace assay::optimizers
