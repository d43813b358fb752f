#include "runner/engine/ranks.h"

#include <array>
#include <cmath>
#include <utility>

#include <ATen/ops/_foreach_copy.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "core/error.h"
#include "core/text.h"
#include "runner/engine/state_bytes.h"

namespace assay::engine {
namespace {

/// What goes with the gradients of a step.
struct StepFacts {
  enum { loss_sum, count, stops, seconds, n };
};

State state_of_scores(const Scores& scores) {
  State state;
  StateWriter out(state);
  scores.save(out);
  return state;
}

std::string bytes_of_row(const std::vector<Scalar>& row) {
  State state;
  StateWriter out(state);
  for (const Scalar& scalar : row) out.real(scalar.name, scalar.value);
  return to_bytes(state);
}

std::vector<Scalar> row_of(const std::string& bytes) {
  const State state = state_of(bytes);
  const StateReader in(state);
  std::vector<Scalar> row;
  for (const StateEntry& entry : state) row.push_back({entry.name, in.real(entry.name)});
  return row;
}

std::string bytes_of_facts(const ResumePoint& point) {
  State facts;
  StateWriter out(facts);
  out.real("seconds", point.seconds);
  out.integer("is_fork", point.is_fork ? 1 : 0);
  return to_bytes(facts);
}

}  // namespace

ResumePoint* Ranks::share(ResumePoint* own) {
  const bool goes_on = first_says(own != nullptr);
  if (!goes_on) return nullptr;
  ResumePoint point = is_first() ? std::move(*own) : ResumePoint();
  const auto share_state = [this](State& state) {
    const std::string bytes = group_.broadcast(is_first() ? to_bytes(state) : std::string());
    if (!is_first()) state = state_of(bytes);
  };
  share_state(point.state);
  share_state(point.best);
  const State facts = state_of(group_.broadcast(is_first() ? bytes_of_facts(point) : std::string()));
  const std::string latest = group_.broadcast(bytes_of_row(point.latest));
  if (!is_first()) {
    point.seconds = StateReader(facts).real("seconds");
    point.is_fork = StateReader(facts).integer("is_fork") != 0;
    point.latest = row_of(latest);
  }
  agreed_.seconds = point.seconds;
  resume_ = std::move(point);
  return &*resume_;
}

// Gradients lie as their parameters do, so that optimizers go through both in the same order.
void Ranks::lay_out(const std::vector<at::Tensor>& parameters) {
  if (gradients_.size() == parameters.size()) return;
  std::int64_t numbers = 0;
  for (const at::Tensor& parameter : parameters) {
    ASSAY_ASSERT(parameter.is_cpu() && parameter.scalar_type() == at::kFloat);
    numbers += parameter.numel();
  }
  const auto n_parameters = static_cast<std::int64_t>(parameters.size());
  sums_ = at::zeros({numbers + n_parameters + StepFacts::n}, at::kFloat);
  all_gradients_ = sums_.narrow(0, 0, numbers);
  are_there_ = sums_.narrow(0, numbers, n_parameters);
  facts_ = sums_.narrow(0, numbers + n_parameters, StepFacts::n);
  std::int64_t first = 0;
  for (const at::Tensor& parameter : parameters) {
    gradients_.push_back(sums_.as_strided(parameter.sizes(), parameter.strides(), first));
    first += parameter.numel();
  }
}

LossOfStep Ranks::add_up(const std::vector<at::Tensor>& parameters, const LossOfStep& own,
                         std::int64_t rows) {
  const c10::NoGradGuard no_grad;
  lay_out(parameters);
  auto* there = are_there_.mutable_data_ptr<float>();
  std::vector<at::Tensor> from, to;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor& gradient = parameters[i].grad();
    there[i] = gradient.defined() ? 1.0F : 0.0F;
    if (!gradient.defined()) {
      gradients_[i].zero_();
      continue;
    }
    from.push_back(gradient);
    to.push_back(gradients_[i]);
  }
  if (!from.empty()) at::_foreach_copy_(to, from);
  auto* facts = facts_.mutable_data_ptr<float>();
  facts[StepFacts::loss_sum] = static_cast<float>(own.sum);
  facts[StepFacts::count] = static_cast<float>(own.count);
  facts[StepFacts::stops] = own_.is_stop_asked ? 1.0F : 0.0F;
  facts[StepFacts::seconds] = is_first() ? static_cast<float>(own_.seconds) : 0.0F;

  group_.sum(sums_);

  const LossOfStep all{facts[StepFacts::loss_sum], facts[StepFacts::count]};
  agreed_ = {facts[StepFacts::stops] > 0, facts[StepFacts::seconds]};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].mutable_grad() = there[i] > 0 ? gradients_[i] : at::Tensor();
  }
  const double share = static_cast<double>(rows) / all.count;
  if (std::isfinite(all.sum) && share != 1 && std::isfinite(share)) all_gradients_.mul_(share);
  return all;
}

std::vector<Scalar> Ranks::values_of(Scores& scores) {
  const std::vector<State> others = states_of_others(scores);
  for (const State& other : others) scores.merge(StateReader(other));
  return row_of(group_.broadcast(is_first() ? bytes_of_row(scores.values()) : std::string()));
}

std::vector<State> Ranks::states_of_others(const Scores& scores) {
  const std::vector<std::string> all = group_.gather(is_first() ? "" : to_bytes(state_of_scores(scores)));
  std::vector<State> out;
  for (std::size_t rank = 1; rank < all.size(); ++rank) out.push_back(state_of(all[rank]));
  return out;
}

bool Ranks::first_says(bool answer) {
  const at::Tensor said = at::zeros({1}, at::kLong);
  said.fill_(answer ? 1 : 0);
  group_.broadcast(said);
  return said.item<std::int64_t>() != 0;
}

void Ranks::share_buffers(Module& module) {
  const c10::NoGradGuard no_grad;
  for (const auto& [name, tensor] : module.buffers()) {
    const at::Tensor values = tensor->contiguous();
    group_.broadcast(values);
    if (!is_first()) tensor->copy_(values);
  }
}

void Ranks::expect_same_weights(const std::string& digest, std::int64_t step) {
  const std::vector<std::string> all = group_.gather(digest);
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    if (all[rank] == digest) continue;
    throw Error(Kind::run, text("the weights of rank ", rank, " are not those of rank 0 after step ", step),
                "machines or libraries that compute differently cannot train one run together");
  }
}

}  // namespace assay::engine
