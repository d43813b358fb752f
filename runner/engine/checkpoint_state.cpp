#include "runner/engine/checkpoint_state.h"

#include <c10/core/GradMode.h>

#include "core/error.h"
#include "core/text.h"

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

State checkpoint_state(const StatefulParts& parts, const Position& position, const std::string& best_metric,
                       const Best& best) {
  State state;
  StateWriter out(state);
  StateWriter model = out.scope("model");
  parts.model.save(model);
  StateWriter optimizer = out.scope("optimizer");
  parts.optimizer.save(optimizer);
  StateWriter schedule = out.scope("schedule");
  parts.schedule.save(schedule);
  save_all(out, "observers", parts.observers);
  StateWriter interval = out.scope("interval");
  parts.interval.save(interval);
  StateWriter place = out.scope("position");
  position.save(place);
  if (best.is_known()) {
    StateWriter kept = out.scope("best");
    kept.text("metric", best_metric);
    kept.integer("step", best.step);
    kept.real("value", best.value);
  }
  save_all(out, "transforms", parts.prepared.transforms);
  save_all(out, "targets", parts.prepared.targets);
  return state;
}

}  // namespace assay::engine
