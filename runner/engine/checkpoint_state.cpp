#include "runner/engine/checkpoint_state.h"

#include <cstring>
#include <map>
#include <string_view>

#include <c10/core/GradMode.h>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/text.h"
#include "registry/contracts/legend.h"

namespace assay::engine {
namespace {

std::vector<Module::Named> tensors_of(Module& module) {
  std::vector<Module::Named> tensors = module.parameters();
  for (Module::Named& buffer : module.buffers()) tensors.push_back(std::move(buffer));
  return tensors;
}

template <class T>
void save_all(StateWriter& out, std::string_view name, const std::vector<std::unique_ptr<T>>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    StateWriter scope = out.scope(name).scope(text(i));
    parts[i]->save(scope);
  }
}

template <class T>
void save_part(StateWriter& out, std::string_view name, T& part) {
  StateWriter scope = out.scope(name);
  part.save(scope);
}

bool has_any(const StateReader& in, std::string_view name) { return !in.scope(name).names().empty(); }

template <class T>
void load_part(const StateReader& in, std::string_view name, T& part, bool may_lack) {
  if (may_lack && !has_any(in, name)) return;
  part.load(in.scope(name));
}

void load_observers(const StateReader& in, const std::vector<std::unique_ptr<Observer>>& observers,
                    bool may_lack) {
  if (may_lack && !has_any(in, "observers")) return;
  for (std::size_t i = 0; i < observers.size(); ++i) observers[i]->load(in.scope("observers").scope(text(i)));
}

/// The best weights come from a checkpoint of their own, unless they are those of this one.
void restore_best(const ResumePoint& saved, const StatefulParts& parts) {
  const StateReader in = StateReader(saved.state).scope("best");
  if (!in.has("step") || in.text("metric") != parts.best_metric) return;
  parts.best.step = in.integer("step");
  parts.best.value = in.real("value");
  const StateReader all(saved.state);
  parts.best.rollbacks = in.has("rollbacks") ? in.integer("rollbacks") : 0;
  const std::int64_t rollbacks = all.has("divergence/count") ? all.integer("divergence/count") : 0;
  const bool is_here = all.integer("position/step") == parts.best.step && parts.best.rollbacks == rollbacks;
  if (!is_here && saved.best.empty()) {
    throw Error(Kind::store,
                text("the checkpoint with the best weights, of step ", parts.best.step, ", is missing"),
                "`assay run --new` starts the run anew, beside this one");
  }
  const StateReader state(is_here ? saved.state : saved.best);
  parts.model.load(state.scope("model"));
  if (parts.averages != nullptr) parts.averages->load(state.scope("ema"));
  const JudgedWeights judged(parts.averages);
  parts.best.weights.take(parts.model);
}

std::string describe(const ArrayView& view) {
  return text(to_string(view.dtype), ' ', shape_text(view.shape));
}

bool is_same(const ArrayView& a, const ArrayView& b) {
  return a.dtype == b.dtype && a.shape == b.shape &&
         (a.bytes() == 0 || std::memcmp(a.data, b.data, a.bytes()) == 0);
}

/// What was loaded must be what is there: a run that quietly goes on as another one is worse than none.
void expect_same(const State& saved, const State& now) {
  std::map<std::string_view, const ArrayView*> left;
  for (const StateEntry& entry : saved) left[entry.name] = &entry.view;
  std::vector<Problem> problems;
  const auto add = [&problems](const std::string& message) { problems.push_back({{}, {}, message, {}}); };
  for (const StateEntry& entry : now) {
    const auto found = left.find(entry.name);
    if (found == left.end()) {
      add(text("the checkpoint has no ", entry.name));
      continue;
    }
    const ArrayView& view = *found->second;
    if (view.dtype != entry.view.dtype || view.shape != entry.view.shape) {
      add(text("the checkpoint's ", entry.name, " is ", describe(view), ", this run's is ",
               describe(entry.view)));
    } else if (!is_same(view, entry.view)) {
      add(text("the checkpoint's ", entry.name, " has other values than this run has after loading it"));
    }
    left.erase(found);
  }
  for (const auto& [name, view] : left)
    add(text("the checkpoint has ", name, ", which this run does not know"));
  if (!problems.empty()) {
    problems.back().hint =
        "it was written by another build, or the data are transformed differently here; `assay run --new` "
        "starts the run anew, beside this one";
  }
  throw_if_any(Kind::store, problems);
}

}  // namespace

void Position::save(StateWriter& out) const {
  out.integer("step", step);
  out.integer("epoch", epoch);
  out.integer("batch_in_epoch", batch_in_epoch);
  out.integer("samples", samples);
}

void Position::load(const StateReader& in) {
  step = in.integer("step");
  epoch = in.integer("epoch");
  batch_in_epoch = in.integer("batch_in_epoch");
  samples = in.integer("samples");
}

void LoopState::save(StateWriter& out) const {
  save_part(out, "position", position);
  StateWriter loop = out.scope("loop");
  loop.real("factor", factor);
  loop.integer("evaluated_at", evaluated_at);
  loop.integer("wants_evaluation", wants_evaluation ? 1 : 0);
  if (!over_why.empty()) out.scope("end").text("why", over_why);
}

void LoopState::load(const StateReader& in) {
  position.load(in.scope("position"));
  const StateReader loop = in.scope("loop");
  factor = loop.real("factor");
  evaluated_at = loop.integer("evaluated_at");
  wants_evaluation = loop.integer("wants_evaluation") != 0;
  over_why = in.has("end/why") ? in.text("end/why") : std::string();
}

void WeightsCopy::take(Module& module) {
  const c10::NoGradGuard no_grad;
  const std::vector<Module::Named> live = tensors_of(module);
  tensors_.resize(live.size());
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (!tensors_[i].defined()) {
      tensors_[i] = live[i].tensor->to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
    } else {
      tensors_[i].copy_(*live[i].tensor);
    }
  }
}

void WeightsCopy::give_back(Module& module) const {
  const c10::NoGradGuard no_grad;
  const std::vector<Module::Named> live = tensors_of(module);
  ASSAY_ASSERT(live.size() == tensors_.size());
  for (std::size_t i = 0; i < live.size(); ++i) live[i].tensor->copy_(tensors_[i]);
}

std::string weights_digest(Module& module) {
  State state;
  StateWriter out(state);
  module.save(out);
  Sha256 digest;
  for (const StateEntry& entry : state) {
    digest.add(entry.name);
    digest.add({reinterpret_cast<const char*>(entry.view.data), entry.view.bytes()});
  }
  return hex(digest.finish());
}

namespace {

void save_others(StateWriter out, const StatefulParts& parts) {
  out.integer("size", parts.ranks->size());
  std::int64_t rank = 0;
  for (const State& other : parts.ranks->states_of_others(parts.interval)) {
    StateWriter interval = out.scope(text(++rank)).scope("interval");
    for (const StateEntry& entry : other) interval.array(entry.name, entry.view, entry.owner);
  }
}

/// Once rank 0's interval is loaded, everywhere.
void load_intervals(const StateReader& in, const StatefulParts& parts) {
  const std::int64_t saved = in.has("ranks/size") ? in.integer("ranks/size") : 1;
  const std::int64_t now = parts.ranks == nullptr ? 1 : parts.ranks->size();
  const std::int64_t rank = parts.ranks == nullptr ? 0 : parts.ranks->rank();
  const auto interval_of = [&in](std::int64_t r) {
    return in.scope("ranks").scope(text(r)).scope("interval");
  };
  if (saved == now) {
    if (rank > 0) parts.interval.load(interval_of(rank));
  } else if (rank == 0) {
    for (std::int64_t other = 1; other < saved; ++other) parts.interval.merge(interval_of(other));
  } else {
    const bool is_empty = parts.interval.is_empty();
    parts.interval.reset();
    if (!is_empty) parts.interval.add_nothing();
  }
}

/// Without what differs by the number of processes and among them.
State alike_in_all(const State& state) {
  State out;
  for (const StateEntry& entry : state) {
    if (!entry.name.starts_with("ranks/") && !entry.name.starts_with("interval/")) out.push_back(entry);
  }
  return out;
}

/// Throws if what is there is not what was loaded.
void expect_as_saved(const State& saved, const StatefulParts& parts) {
  const State now = checkpoint_state(parts);
  if (parts.ranks == nullptr && !StateReader(saved).has("ranks/size")) return expect_same(saved, now);
  expect_same(alike_in_all(saved), alike_in_all(now));
}

}  // namespace

State undoable_state(const StatefulParts& parts) {
  State state;
  StateWriter out(state);
  save_part(out, "model", parts.model);
  save_part(out, "optimizer", parts.optimizer);
  save_part(out, "schedule", parts.schedule);
  save_all(out, "observers", parts.observers);
  if (parts.averages != nullptr) save_part(out, "ema", *parts.averages);
  if (parts.scaler != nullptr) save_part(out, "scaler", *parts.scaler);
  save_part(out, "interval", parts.interval);
  parts.loop.save(out);
  return state;
}

State checkpoint_state(const StatefulParts& parts) {
  State state = undoable_state(parts);
  StateWriter out(state);
  if (parts.ranks != nullptr) save_others(out.scope("ranks"), parts);
  if (parts.divergences != nullptr) {
    save_part(out, "divergence", *parts.divergences);
    save_part(out, "restore_point", *parts.point);
  }
  if (parts.best.is_known()) {
    StateWriter kept = out.scope("best");
    kept.text("metric", parts.best_metric);
    kept.integer("step", parts.best.step);
    kept.real("value", parts.best.value);
    if (parts.divergences != nullptr) kept.integer("rollbacks", parts.best.rollbacks);
  }
  save_all(out, "transforms", parts.prepared.transforms);
  save_all(out, "targets", parts.prepared.targets);
  if (parts.prepared.dataset != nullptr) {  // else a caller brought its own data
    StateWriter data = out.scope("data");
    legend_of(parts.prepared.dataset->facts(), parts.prepared.facts.task).save(data);
  }
  return state;
}

namespace {

void load_undoable(const StateReader& in, const StatefulParts& parts, bool may_lack) {
  load_part(in, "model", parts.model, /*may_lack=*/false);
  load_part(in, "optimizer", parts.optimizer, may_lack);
  load_part(in, "schedule", parts.schedule, may_lack);
  load_observers(in, parts.observers, may_lack);
  if (parts.averages != nullptr) load_part(in, "ema", *parts.averages, may_lack);
  if (parts.scaler != nullptr) load_part(in, "scaler", *parts.scaler, may_lack);
  load_part(in, "interval", parts.interval, may_lack);
  parts.loop.load(in);
}

}  // namespace

void go_back(const State& state, const StatefulParts& parts) {
  load_undoable(StateReader(state), parts, /*may_lack=*/false);
}

void restore(const ResumePoint& saved, const StatefulParts& parts) {
  const StateReader in(saved.state);
  const bool is_fork = saved.is_fork;
  restore_best(saved, parts);  // through the model, before its own weights come
  load_undoable(in, parts, is_fork);
  if (parts.divergences != nullptr) {
    load_part(in, "divergence", *parts.divergences, is_fork);
    load_part(in, "restore_point", *parts.point, is_fork);
  }
  if (has_any(in, "interval")) load_intervals(in, parts);
  if (!is_fork) expect_as_saved(saved.state, parts);
}

}  // namespace assay::engine
