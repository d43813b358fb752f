#include "runner/cli/verification.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/checkpoint_file.h"

namespace assay::cli {
namespace {

constexpr double incomparable = INFINITY;

/// The recorded value at a step; nothing if there is none.
std::optional<double> value_at(const store::Record& record, const std::string& metric, std::int64_t step) {
  const auto series = record.series.find(store::series_key(metric));
  if (series == record.series.end()) return std::nullopt;
  const std::vector<std::int64_t>& steps = series->second.step;
  const auto found = std::lower_bound(steps.begin(), steps.end(), step);
  if (found == steps.end() || *found != step) return std::nullopt;
  return series->second.value[static_cast<std::size_t>(found - steps.begin())];
}

/// The digests in `epoch 3, weights 5f2c...`, by step; what was done again counts.
std::map<std::int64_t, std::string> recorded_weights(const store::Record& record) {
  constexpr std::string_view mark = ", weights ";
  std::map<std::int64_t, std::string> out;
  for (const store::EventRow& event : record.events) {
    const std::size_t at = event.message.find(mark);
    if (event.kind == "epoch_done" && at != std::string::npos)
      out[event.step] = event.message.substr(at + mark.size());
  }
  return out;
}

/// A rollback that was done again, as the run went on from before it, is one.
std::vector<std::int64_t> recorded_rollbacks(const store::Record& record) {
  std::vector<std::int64_t> steps;
  std::vector<std::string> known;
  for (const store::EventRow& event : record.events) {
    if (event.kind != "rolled_back" || std::ranges::find(known, event.message) != known.end()) continue;
    known.push_back(event.message);
    steps.push_back(event.step);
  }
  return steps;
}

}  // namespace

Verification::Verification(const RecordedRun& run, Limits limits, Listener& others,
                           const std::atomic<bool>& is_stop_asked)
    : run_(run),
      limits_(limits),
      others_(others),
      is_stop_asked_(is_stop_asked),
      weights_(recorded_weights(run.record)),
      rollbacks_(recorded_rollbacks(run.record)) {}

bool Verification::is_done_again(std::int64_t step) const {
  return std::any_of(rollbacks_.begin() + static_cast<std::ptrdiff_t>(n_rollbacks_), rollbacks_.end(),
                     [=](std::int64_t to) { return to < step; });
}

void Verification::log(std::int64_t step, std::int64_t, std::span<const Scalar> row) {
  if (step > limits_.last_step || is_done_again(step)) return;
  for (const Scalar& scalar : row) {
    const std::optional<double> then = value_at(run_.record, scalar.name, step);
    if (!then) continue;
    ++compared_.rows;
    if (std::bit_cast<std::uint64_t>(*then) == std::bit_cast<std::uint64_t>(scalar.value)) continue;
    const double apart = std::abs(*then - scalar.value);
    add({"metrics/" + scalar.name,
         step,
         number_text(*then),
         number_text(scalar.value),
         {},
         std::isnan(apart) ? incomparable : apart});
  }
}

void Verification::array(std::int64_t step, std::string_view name, const ArrayView& values) {
  const auto then = run_.record.arrays.find(store::series_key(std::string(name)));
  const bool is_kept = then != run_.record.arrays.end() && then->second.step == step;
  if (!is_kept || step > limits_.last_step || is_done_again(step)) return;
  ++compared_.arrays;
  auto difference = store::compare_arrays(text("arrays/", name), then->second.values, values, step);
  if (difference) add(std::move(*difference));
}

void Verification::event(const Event& event) {
  if (const auto* done = std::get_if<EpochDone>(&event)) compare_weights(*done);
  if (std::holds_alternative<RolledBack>(event)) n_rollbacks_ = std::min(n_rollbacks_ + 1, rollbacks_.size());
}

// Digests of weights that differ a little say nothing of how much.
void Verification::compare_weights(const EpochDone& event) {
  const auto then = weights_.find(event.step);
  if (is_done_again(event.step)) return;
  if (then == weights_.end() || event.step > limits_.last_step || limits_.tolerance > 0) return;
  ++compared_.epochs;
  if (then->second == event.weights) return;
  add({text("weights after epoch ", event.epoch),
       event.step,
       "sha256 " + then->second.substr(0, 12),
       "sha256 " + event.weights.substr(0, 12),
       {},
       incomparable});
}

std::string Verification::checkpoint(const CheckpointInfo& info, const State& state) {
  // A run that is repeated until a step only is not over there.
  const store::CheckpointRow* row = find_newest(run_.record, [&](const store::CheckpointRow& one) {
    return one.step == info.step && one.is_final == info.is_final;
  });
  if (row == nullptr || info.step > limits_.last_step || is_done_again(info.step)) return {};
  const State then = store::read_checkpoint(join_path(run_.folder(), row->file), row->digest);
  ++compared_.checkpoints;
  for (store::RecordDifference& one : store::compare_states(then, state, info.step)) add(std::move(one));
  return row->file;
}

void Verification::on(const Event& event) {
  others_.on(event);
  const auto* done = std::get_if<StepDone>(&event);
  if (done == nullptr) return;
  compared_.step = done->step;
  if (done->step >= limits_.last_step || is_stop_asked_) stop_ = true;
}

void Verification::add(store::RecordDifference difference) {
  const bool is_beyond = !(difference.largest <= limits_.tolerance);
  if (is_beyond && !is_beyond_) differences_.clear();
  if (is_beyond || !is_beyond_) differences_.push_back(std::move(difference));
  is_beyond_ = is_beyond_ || is_beyond;
  if (is_beyond) stop_ = true;
}

}  // namespace assay::cli
