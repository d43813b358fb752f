#include "runner/store/event_row.h"

#include <variant>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace assay::store {
namespace {

constexpr std::size_t largest_array_bytes = 64U << 20U;

std::string scalars_text(const std::vector<Scalar>& scalars) {
  std::vector<std::string> parts;
  for (const Scalar& scalar : scalars) parts.push_back(text(scalar.name, ' ', scalar.value));
  return join(parts, ", ");
}

// Of the events that come with every step, nothing.
struct Describe {
  EventRow operator()(const RunStarted& e) const {
    return {0, 0, "run_started",
            text(e.parameters, " parameters on ", e.device, ", ", count_text(e.threads, "thread"))};
  }
  EventRow operator()(const EpochStarted&) const { return {}; }
  EventRow operator()(const StepDone&) const { return {}; }
  EventRow operator()(const Evaluated& e) const { return {e.step, 0, "evaluated", scalars_text(e.scalars)}; }
  EventRow operator()(const CheckpointSaved& e) const {
    return {e.step, 0, "checkpoint_saved", e.is_best ? text(e.file, " (best)") : e.file};
  }
  EventRow operator()(const EpochDone& e) const {
    return {e.step, 0, "epoch_done",
            text("epoch ", e.epoch, e.weights.empty() ? "" : ", weights ", e.weights)};
  }
  EventRow operator()(const RunDone& e) const { return {e.step, 0, "run_done", e.why}; }
  EventRow operator()(const RunFailed& e) const { return {e.step, 0, "run_failed", e.message}; }
  EventRow operator()(const GradientsReady&) const { return {}; }
  EventRow operator()(const RolledBack& e) const { return {e.step, 0, "rolled_back", e.why}; }
  EventRow operator()(const Measured& e) const { return {e.step, 0, "measured", scalars_text(e.scalars)}; }
};

}  // namespace

EventRow event_row(const Event& event) { return std::visit(Describe{}, event); }

void refuse_large_array(const std::string& folder, std::string_view name, const ArrayView& values) {
  if (values.bytes() <= largest_array_bytes) return;
  throw Error(Kind::store, Problem{Where::path(folder),
                                   {},
                                   text(name, " has ", values.bytes(),
                                        " bytes; an array of the record has at most ", largest_array_bytes),
                                   "leave it out of `metrics`"});
}

}  // namespace assay::store
