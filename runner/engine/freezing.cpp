#include "runner/engine/freezing.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "registry/contracts/parameter_groups.h"
#include "runner/engine/parts.h"

namespace assay::engine {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

}  // namespace

Freezing::Freezing(const std::vector<FreezeRule>& rules, Module& model, const Pace& pace,
                   std::int64_t total_steps) {
  if (rules.empty()) {
    next_change_ = never;
    return;
  }
  const std::vector<Module::Named> parameters = model.parameters();
  const std::vector<TensorOutline> outline = outline_of(model);
  std::vector<std::int64_t> until(parameters.size(), 0);
  std::vector<Problem> problems;
  for (const FreezeRule& rule : rules) {
    const FreezeSection& section = rule.section;
    const std::int64_t end = section.until ? step_of(*section.until, rule.until_path, pace, total_steps) : never;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (section.match.match(parameters[p].name)) until[p] = std::max(until[p], end);
    }
    const std::vector<Problem> unmatched = unmatched_globs(section.match, outline, rule.path);
    problems.insert(problems.end(), unmatched.begin(), unmatched.end());
  }
  if (problems.empty() && std::ranges::all_of(until, [](std::int64_t end) { return end > 0; })) {
    problems.push_back({{},
                        "train.freeze",
                        "leaves no parameter to train at the first step",
                        "let at least one be trained from the start"});
  }
  throw_if_any(Kind::config, problems);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (until[p] > 0) frozen_.push_back({*parameters[p].tensor, until[p]});
  }
}

void Freezing::set(std::int64_t step) {
  next_change_ = never;
  for (const Frozen& one : frozen_) {
    one.parameter.requires_grad_(step >= one.until);
    if (step < one.until) next_change_ = std::min(next_change_, one.until);
  }
}

}  // namespace assay::engine
