#include "tests/runner/engine/tiny.h"

#include <cmath>
#include <stdexcept>

#include <ATen/ops/arange.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/var.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "core/random.h"
#include "core/text.h"
#include "registry/contracts/schedule.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/contracts/tensor/model.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/contracts/tensor/optimizer.h"
#include "registry/contracts/tensor/penalty.h"
#include "registry/contracts/tensor/random_ops.h"

extern "C" assay::Engine* assay_engine();

namespace assay::testing {
namespace {

struct NetParams {
  std::int64_t hidden = 16;
  double dropout = 0;
  std::string mistake = "none";
  static void describe(Fields<NetParams>& f) {
    f.about("Two linear layers with a tanh between them.");
    f("hidden", &NetParams::hidden, "units between");
    f("dropout", &NetParams::dropout, "chance that one is zeroed");
    f("mistake", &NetParams::mistake, "shape: multiplies what does not fit; memory: runs out of it");
  }
};

class Net final : public SimpleModel {
 public:
  using Params = NetParams;
  Net(const NetParams& params, const ModelNeeds& needs) : params_(params), seed_(needs.init.seed) {
    const std::int64_t in = needs.facts.inputs.front().shape.sizes.front();
    const std::int64_t out = needs.facts.outputs();
    w1_ = weight("w1", {params.hidden, in});
    b1_ = at::zeros({params.hidden}).requires_grad_();
    add_parameter("b1", b1_);
    w2_ = weight("w2", {out, params.hidden});
    add_parameter("w1", w1_);
    add_parameter("w2", w2_);
    steps_ = at::zeros({}, at::kLong);
    add_buffer("steps", steps_);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    if (params_.mistake == "memory") throw std::bad_alloc();
    if (params_.mistake == "shape") return at::linear(x, w2_);
    if (context.is_training) steps_.add_(1);
    const at::Tensor h = at::tanh(at::linear(x, w1_, b1_));
    return at::linear(assay::dropout(h, params_.dropout, mask_, context), w2_);
  }

 private:
  void on_named() override { mask_ = Stream(seed_, "dropout/" + path()); }
  at::Tensor weight(const std::string& name, const std::vector<std::int64_t>& shape) const {
    at::Tensor values = at::empty(shape);
    const double bound = 1 / std::sqrt(static_cast<double>(shape.back()));
    fill_uniform(values, -bound, bound, Stream(seed_, "init/" + name));
    return values.requires_grad_();
  }

  NetParams params_;
  std::uint64_t seed_;
  Stream mask_;
  at::Tensor w1_, b1_, w2_, steps_;
};

struct NoParams {
  static void describe(Fields<NoParams>& f) { f.about("Takes nothing."); }
};

class Nll final : public Loss {
 public:
  using Params = NoParams;
  Nll(const NoParams&, const Needs&) {}
  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const auto sum = at::cross_entropy_loss(outputs.scores(), batch.target, {}, at::Reduction::Sum);
    return {sum, static_cast<double>(batch.size()), {}};
  }
};

class MeanInput final : public Loss {
 public:
  using Params = NoParams;
  MeanInput(const NoParams&, const Needs&) {}
  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor sum = batch.inputs.get("x").sum().add(outputs.scores().sum(), /*alpha=*/0);
    return {sum, static_cast<double>(batch.size()), {}};
  }
};

class Weighted final : public Loss {
 public:
  using Params = NoParams;
  Weighted(const NoParams&, const Needs&) {}
  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor weights = at::scalar_tensor(1).add(at::arange(2), /*alpha=*/2);
    const auto sum = at::cross_entropy_loss(outputs.scores(), batch.target, weights, at::Reduction::Sum);
    return {sum, 0, weights.index_select(0, batch.target).sum()};
  }
};

class Steep final : public Loss {
 public:
  using Params = NoParams;
  Steep(const NoParams&, const Needs&) {}
  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    return {outputs.scores().sum().mul(1e20), static_cast<double>(batch.size()), {}};
  }
};

struct DescentParams {
  double lr = 0.5;
  static void describe(Fields<DescentParams>& f) {
    f.about("Gradient descent.");
    f("lr", &DescentParams::lr, "step size");
  }
};

class Descent final : public Optimizer {
 public:
  using Params = DescentParams;
  Descent(const DescentParams& params, const Needs& needs) : lr_(params.lr), parameters_(needs.parameters) {}
  void step(const StepContext& context) override {
    const c10::NoGradGuard no_grad;
    for (const TrainedParameter& p : parameters_) {
      if (p.tensor.grad().defined()) p.tensor.add_(p.tensor.grad(), -lr_ * context.factor);
    }
    ++steps_;
  }
  double learning_rate() const override { return lr_; }
  void save(StateWriter& out) const override { out.integer("steps", steps_); }
  void load(const StateReader& in) override { steps_ = in.integer("steps"); }

 private:
  double lr_;
  std::vector<TrainedParameter> parameters_;
  std::int64_t steps_ = 0;
};

class TwoLooks final : public Optimizer {
 public:
  using Params = DescentParams;
  TwoLooks(const DescentParams& params, const Needs& needs) : lr_(params.lr), parameters_(needs.parameters) {}
  bool needs_closure() const override { return true; }
  void step(const StepContext& context) override {
    values_.push_back(context.closure());
    {
      const c10::NoGradGuard no_grad;
      for (const TrainedParameter& p : parameters_) p.tensor.add_(p.tensor.grad(), -lr_ * context.factor);
    }
    values_.push_back(context.closure());
  }
  double learning_rate() const override { return lr_; }
  void save(StateWriter& out) const override {
    for (std::size_t i = 0; i < values_.size(); ++i) out.real(text("values/", i), values_[i]);
  }
  void load(const StateReader&) override {}

 private:
  double lr_;
  std::vector<TrainedParameter> parameters_;
  std::vector<double> values_;
};

class Squares final : public Penalty {
 public:
  using Params = NoParams;
  Squares(const NoParams&, const Needs& needs) : parameters_(needs.parameters) {}
  at::Tensor operator()() const override {
    at::Tensor sum = parameters_.front().square().sum();
    for (std::size_t i = 1; i < parameters_.size(); ++i) sum = sum.add(parameters_[i].square().sum());
    return sum;
  }

 private:
  std::vector<at::Tensor> parameters_;
};

class Falling final : public Schedule {
 public:
  using Params = NoParams;
  Falling(const NoParams&, const Needs& needs) : total_(needs.total_steps) {}
  double factor(std::int64_t step) override {
    return total_ == 0 ? 1 : 1 - static_cast<double>(step) / static_cast<double>(total_) / 2;
  }

 private:
  std::int64_t total_;
};

struct HitsParams {
  static constexpr bool is_better_high = true;
  static void describe(Fields<HitsParams>& f) {
    f.about("Share of rows whose largest score is the target's.");
  }
};

class Hits final : public Metric {
 public:
  using Params = HitsParams;
  Hits(const HitsParams&, const Needs&) {}
  void reset() override { right_ = seen_ = 0; }
  void update(const Outputs& outputs, const Batch& batch) override {
    right_ += at::argmax(outputs.scores(), 1).eq(batch.target).sum().item<std::int64_t>();
    seen_ += batch.size();
  }
  std::vector<Scalar> values() const override {
    if (seen_ == 0) return {};
    return {{"hits", static_cast<double>(right_) / static_cast<double>(seen_)}};
  }
  void save(StateWriter& out) const override {
    out.integer("right", right_);
    out.integer("seen", seen_);
  }
  void load(const StateReader& in) override {
    right_ = in.integer("right");
    seen_ = in.integer("seen");
  }
  void merge(const StateReader& other) override {
    right_ += other.integer("right");
    seen_ += other.integer("seen");
  }

 private:
  std::int64_t right_ = 0, seen_ = 0;
};

struct PassesParams {
  static constexpr bool needs_passes = true;
  static void describe(Fields<PassesParams>& f) { f.about("What is in the output `passes`."); }
};

class Passes final : public Metric {
 public:
  using Params = PassesParams;
  Passes(const PassesParams&, const Needs&) {}
  void reset() override { count_ = distance_ = spread_ = 0; }
  void update(const Outputs& outputs, const Batch& batch) override {
    const at::Tensor& passes = outputs.tensors.get("passes");
    if (passes.size(1) != batch.size()) throw std::runtime_error("rows are missing");
    count_ = static_cast<double>(passes.size(0));
    distance_ = std::max(distance_, passes.mean(0).sub(outputs.scores()).abs().max().item<double>());
    spread_ = std::max(spread_, at::var(passes, 0, /*unbiased=*/false).max().item<double>());
    rows_ = std::max(rows_, batch.size());
  }
  std::vector<Scalar> values() const override {
    return {{"passes_count", count_},
            {"passes_distance", distance_},
            {"passes_spread", spread_},
            {"passes_rows", static_cast<double>(rows_)}};
  }
  void save(StateWriter&) const override {}
  void load(const StateReader&) override {}
  void merge(const StateReader&) override {}

 private:
  double count_ = 0, distance_ = 0, spread_ = 0;
  std::int64_t rows_ = 0;
};

struct ScriptParams {
  static constexpr bool is_better_high = true;
  std::vector<double> values;
  static void describe(Fields<ScriptParams>& f) {
    f.about("Gives these values, one after the other, an evaluation each.");
    f("values", &ScriptParams::values, "what to give");
  }
};

class Script final : public Metric {
 public:
  using Params = ScriptParams;
  Script(const ScriptParams& params, const Needs&) : values_(params.values) {}
  void reset() override { ++resets_; }
  void update(const Outputs&, const Batch&) override {}
  std::vector<Scalar> values() const override {
    const auto last = static_cast<std::int64_t>(values_.size()) - 1;
    const std::int64_t i = std::min(std::max<std::int64_t>(resets_ - 1, 0), last);
    return {{"script", values_.at(static_cast<std::size_t>(i))}};
  }
  void save(StateWriter& out) const override { out.integer("resets", resets_); }
  void load(const StateReader& in) override { resets_ = in.integer("resets"); }
  void merge(const StateReader&) override {}

 private:
  std::vector<double> values_;
  std::int64_t resets_ = 0;
};

struct AskerParams {
  std::int64_t at = 0;
  std::string kind;
  std::string event = "done";
  static void describe(Fields<AskerParams>& f) {
    f.about("Asks for something once a step is done.");
    f("at", &AskerParams::at, "the step");
    f("event", &AskerParams::event, "done, evaluated or saved");
    f("kind", &AskerParams::kind, "what to ask for");
  }
};

class Quiet : public Observer {
 public:
  void save(StateWriter&) const override {}
  void load(const StateReader&) override {}
};

class Asker final : public Quiet {
 public:
  using Params = AskerParams;
  Asker(const AskerParams& params, const Needs&) : params_(params) {}
  Request on(const Event& event) override {
    if (step_of(event) != params_.at) return {};
    if (params_.kind == "evaluate") return {Request::Kind::evaluate};
    if (params_.kind == "save") return {Request::Kind::save};
    if (params_.kind == "rollback") return {Request::Kind::rollback, "", 1};
    return {Request::Kind::stop, "asked to"};
  }

 private:
  std::int64_t step_of(const Event& event) const {
    if (params_.event == "evaluated") {
      const auto* evaluated = std::get_if<Evaluated>(&event);
      return evaluated == nullptr ? -1 : evaluated->step;
    }
    if (params_.event == "saved") {
      const auto* saved = std::get_if<CheckpointSaved>(&event);
      return saved == nullptr ? -1 : saved->step;
    }
    const auto* done = std::get_if<StepDone>(&event);
    return done == nullptr ? -1 : done->step;
  }

  AskerParams params_;
};

class Thrower final : public Quiet {
 public:
  using Params = NoParams;
  Thrower(const NoParams&, const Needs&) {}
  Request on(const Event& event) override {
    if (std::holds_alternative<StepDone>(event)) throw std::runtime_error("the dog ate it");
    return {};
  }
};

class Feeler final : public Quiet {
 public:
  using Params = NoParams;
  Feeler(const NoParams&, const Needs& needs) : model_(needs.model), recorder_(needs.recorder) {}
  Request on(const Event& event) override {
    if (const auto* ready = std::get_if<GradientsReady>(&event)) {
      double largest = 0;
      for (const auto& [name, tensor] : model_.parameters()) {
        largest = std::max(largest, tensor->grad().abs().max().item<double>());
      }
      recorder_.note(text("feeler.", ready->step), text(ready->will_log ? "logged " : "", largest));
    }
    return {};
  }

 private:
  Module& model_;
  Recorder& recorder_;
};

struct TellerParams {
  std::string phase;
  static void describe(Fields<TellerParams>& f) {
    f.about("Notes its phase in the record when the run starts.");
    f("phase", &TellerParams::phase, "measure, decide or record");
  }
};

class Teller final : public Quiet {
 public:
  using Params = TellerParams;
  Teller(const TellerParams& params, const Needs& needs) : phase_(params.phase), recorder_(needs.recorder) {}
  Phase phase() const override {
    if (phase_ == "measure") return Phase::measure;
    return phase_ == "record" ? Phase::record : Phase::decide;
  }
  Request on(const Event& event) override {
    if (std::holds_alternative<RunStarted>(event)) recorder_.note(phase_, true);
    return {};
  }

 private:
  std::string phase_;
  Recorder& recorder_;
};

Value scalar(const std::string& text) { return Value::scalar(text, false, {}); }

// `[1, 2]` is a list of scalars, all else a scalar.
Value value_of(const std::string& written) {
  if (written.empty() || written.front() != '[') return scalar(written);
  Value::List items;
  for (const std::string& item : split(written.substr(1, written.size() - 2), ',')) {
    items.push_back(scalar(std::string(trim(item))));
  }
  return Value::list(std::move(items), {});
}

template <class T>
Slot<T> slot_of(const Registry& registry, const std::string& name, const Keys& keys) {
  Value::Map entries{{"type", {}, scalar(name)}};
  for (const auto& [key, value] : keys) entries.push_back({key, {}, value_of(value)});
  return registry.bind<T>(Value::map(std::move(entries), {}), std::string(FamilyOf<T>::type::name));
}

// XOR: the class is whether the signs of the two coordinates differ.
void fill_points(Prepared& prepared) {
  constexpr std::int64_t count = 320;
  Array x(Dtype::f32, {count, 2});
  Array y(Dtype::i64, {count});
  Draws draws = Stream(0, "points").at(0, 0);
  for (std::int64_t i = 0; i < count; ++i) {
    const bool right = draws.below(2) == 1;
    const bool up = draws.below(2) == 1;
    x.as<float>()[2 * i] = static_cast<float>((right ? 1 : -1) + 0.3 * draws.normal());
    x.as<float>()[2 * i + 1] = static_cast<float>((up ? 1 : -1) + 0.3 * draws.normal());
    y.as<std::int64_t>()[i] = right != up ? 1 : 0;
    (i < 200 ? prepared.rows.train : i < 260 ? prepared.rows.valid : prepared.rows.test).push_back(i);
  }
  prepared.inputs = {x};
  prepared.target = y;
  prepared.facts.task = {Task::Kind::classification, 2, {}};
  prepared.facts.inputs = {{"x", {{2}, Dtype::f32}}};
}

}  // namespace

Tiny::Tiny() {
  add_families(registry);
  registry.set_plugin("tiny", "1");
  registry.declare<NetParams>(family::model, "net");
  registry.declare<NoParams>(family::loss, "nll");
  registry.declare<NoParams>(family::loss, "mean_input");
  registry.declare<NoParams>(family::loss, "steep");
  registry.declare<NoParams>(family::loss, "weighted");
  registry.declare<NoParams>(family::penalty, "squares");
  registry.declare<DescentParams>(family::optimizer, "two_looks");
  registry.declare<DescentParams>(family::optimizer, "descent");
  registry.declare<NoParams>(family::schedule, "falling");
  registry.declare<HitsParams>(family::metric, "hits");
  registry.declare<ScriptParams>(family::metric, "script");
  registry.declare<PassesParams>(family::metric, "passes");
  registry.declare<AskerParams>(family::observer, "asker");
  registry.declare<NoParams>(family::observer, "thrower");
  registry.declare<NoParams>(family::observer, "feeler");
  registry.declare<TellerParams>(family::observer, "teller");
  parts.add<Net>("net");
  parts.add<Nll>("nll");
  parts.add<MeanInput>("mean_input");
  parts.add<Steep>("steep");
  parts.add<Weighted>("weighted");
  parts.add<Squares>("squares");
  parts.add<TwoLooks>("two_looks");
  parts.add<Descent>("descent");
  parts.add<Falling>("falling");
  parts.add<Hits>("hits");
  parts.add<Script>("script");
  parts.add<Passes>("passes");
  parts.add<Asker>("asker");
  parts.add<Thrower>("thrower");
  parts.add<Feeler>("feeler");
  parts.add<Teller>("teller");

  fill_points(prepared);
  experiment.device = "cpu";
  experiment.seed = 7;
  experiment.train.batch_size = 16;
  experiment.train.until = until(4, Duration::Unit::epochs);
  experiment.evaluate.batch_size = 64;
  experiment.schedule = slot_of<Schedule>(registry, "falling", {});
  set_model({});
  set_loss("nll");
  set_optimizer({});
  add_metric("hits");
}

void Tiny::use_values(const std::vector<float>& values, std::int64_t n_train) {
  const auto count = static_cast<std::int64_t>(values.size());
  prepared.inputs = {Array::of(values).reshaped({count, 1})};
  prepared.target = Array::of(std::vector<std::int64_t>(values.size(), 0));
  prepared.facts.inputs = {{"x", {{1}, Dtype::f32}}};
  prepared.rows = {};
  for (std::int64_t i = 0; i < count; ++i)
    (i < n_train ? prepared.rows.train : prepared.rows.valid).push_back(i);
}

void Tiny::set_model(const Keys& keys) { experiment.model = slot_of<Model>(registry, "net", keys); }
void Tiny::set_loss(const std::string& name) { experiment.loss = slot_of<Loss>(registry, name, {}); }
void Tiny::set_optimizer(const Keys& keys) {
  experiment.optimizer = slot_of<Optimizer>(registry, "descent", keys);
}
void Tiny::use_closures() { experiment.optimizer = slot_of<Optimizer>(registry, "two_looks", {}); }
void Tiny::add_penalty(const Keys& keys) {
  experiment.penalties.push_back(slot_of<Penalty>(registry, "squares", keys));
}
void Tiny::add_metric(const std::string& name, const Keys& keys) {
  experiment.metrics.push_back(slot_of<Metric>(registry, name, keys));
}
void Tiny::add_observer(const std::string& name, const Keys& keys) {
  experiment.observers.push_back(slot_of<Observer>(registry, name, keys));
}

Outcome Tiny::train(Recorder& instead) {
  TrainJob job{experiment, prepared, parts, instead, listener};
  job.is_fast = is_fast;
  job.is_traced = is_traced;
  job.stop = &stop;
  job.resume = resume;
  return std::unique_ptr<Engine>(assay_engine())->train(job);
}

}  // namespace assay::testing
