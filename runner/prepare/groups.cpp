#include "runner/prepare/groups.h"

#include <algorithm>
#include <string>

#include "core/text.h"

namespace assay::preparing {
namespace {

std::vector<PreparedGroup> groups_of(const Slot<Optimizer>& optimizer) {
  const auto* facet = std::any_cast<OptimizerFacet>(&optimizer.component().facet);
  if (!facet) return {};
  std::vector<PreparedGroup> groups;
  for (GroupOutline& outline : facet->groups(optimizer.params()))
    groups.push_back({std::move(outline), {}, {}});
  return groups;
}

// The first group that matches takes the parameter, the last one what is left.
void give(const TensorOutline& parameter, std::vector<PreparedGroup>& groups) {
  PreparedGroup* owner = nullptr;
  for (PreparedGroup& group : groups) {
    const bool is_last = &group == &groups.back();
    if (!is_last && !group.outline.match.match(parameter.name)) continue;
    if (!owner) {
      owner = &group;
      group.parameters.push_back(parameter.name);
      group.weights += element_count(parameter.shape);
    } else if (!is_last) {
      group.left_out.push_back(parameter.name);
    }
  }
}

void warn_of_empty_groups(const Experiment& experiment, const Prepared& prepared,
                          std::vector<Problem>& warnings) {
  for (std::size_t i = 0; i + 1 < prepared.groups.size(); ++i) {
    const PreparedGroup& group = prepared.groups[i];
    if (!group.parameters.empty() || group.left_out.empty()) continue;
    Problem warning{{},
                    text(experiment.optimizer.path(), '.', groups_key, '.', i),
                    "takes no parameter: earlier groups have taken all that it matches",
                    "put it before them, or remove it"};
    warning.is_warning = true;
    warnings.push_back(std::move(warning));
  }
}

}  // namespace

void match_groups(const Experiment& experiment, Prepared& prepared, std::vector<Problem>& problems,
                  std::vector<Problem>& warnings) {
  if (prepared.tensors.empty() || !experiment.optimizer.is_bound()) return;
  prepared.groups = groups_of(experiment.optimizer);
  std::vector<GroupOutline> outlines;
  for (const PreparedGroup& group : prepared.groups) outlines.push_back(group.outline);
  const std::vector<Problem> unmatched =
      unmatched_globs(outlines, prepared.tensors, experiment.optimizer.path());
  problems.insert(problems.end(), unmatched.begin(), unmatched.end());
  if (!unmatched.empty() || prepared.groups.empty()) return;
  for (const TensorOutline& tensor : prepared.tensors) {
    if (!tensor.is_buffer) give(tensor, prepared.groups);
  }
  warn_of_empty_groups(experiment, prepared, warnings);
}

}  // namespace assay::preparing
