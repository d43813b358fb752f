#include "runner/engine/rollback.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/text.h"

namespace assay::engine {
namespace {

StateEntry copy_of(std::string name, const ArrayView& view) {
  auto copy = std::make_shared<const Array>(Array::copy_of(view));
  return {std::move(name), copy->view(), copy};
}

}  // namespace

Diverged::Diverged(const std::string& what, std::int64_t step, double learning_rate)
    : Error(Kind::run, text("diverged: ", what, " at step ", step),
            text("a lower optimizer.lr (now ", learning_rate,
                 ") or a warm-up often helps; data with nan or inf does this as well")) {}

bool Divergences::pass_over(std::int64_t step) const {
  return std::ranges::find(passed_over, step) != passed_over.end();
}

void Divergences::save(StateWriter& out) const {
  out.integer("count", count);
  out.real("lr_factor", lr_factor);
  out.array("passed_over", Array::of(passed_over));
}

void Divergences::load(const StateReader& in) {
  count = in.integer("count");
  lr_factor = in.real("lr_factor");
  const ArrayView& steps = in.array("passed_over");
  passed_over.assign(steps.as<std::int64_t>(), steps.as<std::int64_t>() + steps.count());
}

void RestorePoint::take(const State& state, std::vector<Scalar> latest) {
  state_.clear();
  for (const StateEntry& entry : state) state_.push_back(copy_of(entry.name, entry.view));
  latest_ = std::move(latest);
}

void RestorePoint::save(StateWriter& out) const {
  StateWriter state = out.scope("state");
  for (const StateEntry& entry : state_) state.array(entry.name, entry.view, entry.owner);
  for (std::size_t i = 0; i < latest_.size(); ++i) {
    StateWriter scalar = out.scope("latest").scope(text(i));
    scalar.text("name", latest_[i].name);
    scalar.real("value", latest_[i].value);
  }
}

void RestorePoint::load(const StateReader& in) {
  state_.clear();
  latest_.clear();
  const StateReader state = in.scope("state");
  for (const std::string& name : state.names()) state_.push_back(copy_of(name, state.array(name)));
  for (std::size_t i = 0; in.has(text("latest/", i, "/name")); ++i) {
    const StateReader scalar = in.scope("latest").scope(text(i));
    latest_.push_back({scalar.text("name"), scalar.real("value")});
  }
}

}  // namespace assay::engine
