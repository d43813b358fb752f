#include "runner/engine/penalties.h"

#include "core/text.h"
#include "registry/contracts/parameter_groups.h"
#include "runner/engine/parts.h"

namespace assay::engine {
namespace {

double factor_of(const PenaltyCommon& common, std::int64_t rows, std::int64_t train_rows) {
  if (common.divide_by == "batch") return common.weight / static_cast<double>(rows);
  if (common.divide_by == "train_rows") return common.weight / static_cast<double>(train_rows);
  return common.weight;
}

std::vector<at::Tensor> matched(const Globs& match, Module& model) {
  std::vector<at::Tensor> out;
  for (const auto& [name, tensor] : model.parameters()) {
    if (match.match(name)) out.push_back(*tensor);
  }
  return out;
}

}  // namespace

Penalties::Penalties(const TrainJob& job, Module& model, Activity& activity)
    : train_rows_(static_cast<std::int64_t>(job.prepared.rows.train.size())), activity_(activity) {
  for (const Slot<Penalty>& slot : job.experiment.penalties) {
    activity_.set("building of", &slot);
    const Globs& match = slot.shared().match;
    throw_if_any(Kind::config, unmatched_globs(match, outline_of(model), slot.path() + ".match"));
    penalties_.push_back({&slot, job.parts.build(slot, Penalty::Needs{matched(match, model)})});
  }
}

at::Tensor Penalties::value(std::int64_t rows) const {
  at::Tensor sum;
  for (const Weighted& one : penalties_) {
    activity_.set("value of", one.slot);
    const at::Tensor value = (*one.penalty)().mul(factor_of(one.slot->shared(), rows, train_rows_));
    sum = sum.defined() ? sum.add(value) : value;
  }
  return sum;
}

}  // namespace assay::engine
