#include "runner/engine/averages.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ops/_foreach_copy.h>
#include <ATen/ops/_foreach_lerp.h>
#include <c10/core/GradMode.h>

#include "registry/contracts/tensor/arrays.h"

namespace assay::engine {
namespace {

// timm's ModelEmaV3 with warmup_gamma 1 and warmup_power 2/3.
double warm_decay(std::int64_t update) { return 1 - std::pow(static_cast<double>(update), -2.0 / 3.0); }

}  // namespace

AveragedWeights::AveragedWeights(const EmaSection& ema, Module& model) : ema_(ema) {
  for (const auto& [name, tensor] : model.parameters()) {
    averages_.push_back({name, tensor, tensor->detach().clone()});
  }
}

void AveragedWeights::update() {
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> averages, weights;
  for (const Average& one : averages_) {
    averages.push_back(one.average);
    weights.push_back(one.live->detach());
  }
  ++updates_;
  if (updates_ == 1) return at::_foreach_copy_(averages, weights);
  const double decay = ema_.warmup ? std::min(ema_.decay, warm_decay(updates_)) : ema_.decay;
  at::_foreach_lerp_(averages, weights, 1 - decay);
}

void AveragedWeights::swap() {
  for (Average& one : averages_) std::swap(*one.live, one.average);
}

void AveragedWeights::save(StateWriter& out) const {
  out.integer("updates", updates_);
  StateWriter weights = out.scope("weights");
  for (const Average& one : averages_) save_tensor(weights, one.name, one.average);
}

void AveragedWeights::load(const StateReader& in) {
  updates_ = in.integer("updates");
  for (Average& one : averages_) load_tensor(in.scope("weights"), one.name, one.average);
}

JudgedWeights::JudgedWeights(AveragedWeights* averages)
    : averages_(averages != nullptr && averages->are_judged() ? averages : nullptr) {
  if (averages_ != nullptr) averages_->swap();
}

JudgedWeights::~JudgedWeights() {
  if (averages_ != nullptr) averages_->swap();
}

}  // namespace assay::engine
