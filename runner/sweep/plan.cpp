#include "runner/sweep/plan.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "core/random.h"
#include "core/text.h"

namespace assay::sweep {
namespace {

constexpr int most_broken_trials = 20;

void mix(std::uint64_t& hash, std::string_view text) {
  constexpr std::uint64_t prime = 0x100000001b3;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
  hash = (hash ^ 0xff) * prime;
}

void mix(std::uint64_t& hash, const Value& value) {
  if (value.is_scalar()) return mix(hash, value.text());
  if (value.is_list()) {
    mix(hash, "[");
    for (const Value& item : value.items()) mix(hash, item);
  } else if (value.is_map()) {
    mix(hash, "{");
    for (const Value::Entry& entry : value.entries()) {
      mix(hash, entry.key);
      mix(hash, entry.value);
    }
  }
  mix(hash, "]");
}

// Of what decides shapes and whether they fit.
std::uint64_t shape_digest(const BoundConfig& bound) {
  std::uint64_t hash = stable_hash("shape");
  for (const char* key : {"dataset", "model", "loss", "metrics"}) {
    if (const Value* value = bound.composed.find(key)) mix(hash, *value);
  }
  return hash;
}

void require_few(const Study& study, std::int64_t limit) {
  const Layout& layout = study.layout();
  const std::int64_t n_runs = layout.n_trials() + layout.n_refits();
  if (limit == 0 || n_runs <= limit) return;
  std::string count = text(layout.n_configurations, " configurations");
  if (layout.n_groups > 1) count += text(" x ", layout.n_groups, " groups");
  if (layout.n_repeats > 1) count += text(" x ", layout.n_repeats, " repeats");
  if (layout.has_refits) count += text(" + ", layout.n_refits(), " refits");
  const Value* sweep = study.config().composed.find("sweep");
  throw Error(Kind::config, Problem{sweep->where(), "sweep",
                                    text("has ", n_runs, " trials (", count, "), more than ", limit),
                                    "say --yes if that is meant, or list fewer values"});
}

}  // namespace

Plan plan_of(const Study& study, const PlanOptions& options) {
  require_few(study, options.limit);
  Plan plan{study.layout(), !study.learns(), {}, 0};
  const std::int64_t n_known =
      plan.is_complete ? plan.layout.n_configurations
                       : std::min(plan.layout.n_configurations, std::ssize(study.space().enqueued()));
  plan.configurations.reserve(static_cast<std::size_t>(n_known * plan.layout.n_groups));
  std::unordered_set<std::uint64_t> checked;
  std::vector<Problem> problems;
  int n_broken = 0;
  for (std::int64_t number = 0; number < n_known * plan.layout.n_groups && n_broken < most_broken_trials;
       ++number) {
    const Unit unit{number / plan.layout.n_groups, number % plan.layout.n_groups, 0};
    const Point point = study.propose(unit.group, unit.configuration, {});
    plan.configurations.push_back({unit, study.label(unit, point)});
    try {
      const BoundConfig bound = study.trials().bind(study.overrides(unit, point));
      if (options.check && checked.insert(shape_digest(bound)).second) options.check(bound);
    } catch (const Error& error) {
      ++n_broken;
      for (Problem problem : error.problems()) {
        problem.notes.push_back("in the trial with " + plan.configurations.back().label);
        problems.push_back(std::move(problem));
      }
    }
  }
  throw_if_any(Kind::config, problems);
  plan.n_checked = std::ssize(checked);
  return plan;
}

}  // namespace assay::sweep
