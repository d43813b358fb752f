#include "plugins/schedules/chain.h"

#include <string>
#include <utility>

#include "core/text.h"
#include "registry/implementations.h"

namespace assay::schedules {
namespace {

/// What a part says of itself is said of the place where it stands.
std::unique_ptr<Schedule> build_part(const Slot<Schedule>& slot, const Schedule::Needs& needs) {
  try {
    return needs.parts->build(slot, needs);
  } catch (const Error& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      constexpr std::string_view own = "schedule";
      if (problem.path.starts_with(own)) problem.path = slot.path() + problem.path.substr(own.size());
      if (!problem.where.is_known()) problem.where = slot.where();
    }
    throw Error(error.kind(), std::move(problems));
  }
}

}  // namespace

Chain::Chain(const Params& params, const Needs& needs) {
  ASSAY_ASSERT(needs.parts != nullptr);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < params.parts.size(); ++i) {
    const ChainPart& part = params.parts[i];
    Needs own = needs;
    if (part.length) {
      own.total_steps = period_in(*part.length, text("parts.", i, ".for"), needs);
    } else if (needs.total_steps > 0) {
      own.total_steps = needs.total_steps - start;
    }
    parts_.push_back({start, build_part(part.schedule, own)});
    start += own.total_steps;
    const bool has_next = i + 1 < params.parts.size();
    if (!has_next || needs.total_steps == 0 || start < needs.total_steps) continue;
    throw Error(Kind::config, Problem{part.schedule.where(), text("schedule.parts.", i + 1),
                                      text("begins at step ", start, ", but the whole run has ",
                                           count_text(needs.total_steps, "step")),
                                      "shorten what is before it or train longer"});
  }
}

Chain::Part& Chain::part_at(std::int64_t step) {
  std::size_t i = parts_.size() - 1;
  while (parts_[i].start > step) --i;
  return parts_[i];
}

double Chain::factor(std::int64_t step) {
  last_step_ = step;
  Part& part = part_at(step);
  return part.schedule->factor(step - part.start);
}

void Chain::observe(double valid_loss) { part_at(last_step_).schedule->observe(valid_loss); }

void Chain::save(StateWriter& out) const {
  out.integer("last_step", last_step_);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    StateWriter part = out.scope(std::to_string(i));
    parts_[i].schedule->save(part);
  }
}

void Chain::load(const StateReader& in) {
  last_step_ = in.integer("last_step");
  for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i].schedule->load(in.scope(std::to_string(i)));
}

}  // namespace assay::schedules
