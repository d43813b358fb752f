#include "runner/sweep/board.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/sweep/statistics.h"

namespace assay::sweep {
namespace {

Result result_of(const TrialEnd& end) {
  Result result;
  result.share = end.share;
  result.value = end.value.value_or(std::nan(""));
  switch (end.how) {
    case TrialEnd::How::finished:
      result.end = end.value ? Result::End::finished : Result::End::failed;
      break;
    case TrialEnd::How::stopped:
      result.end = end.value ? Result::End::stopped : Result::End::failed;
      break;
    case TrialEnd::How::failed:
      result.end = Result::End::failed;
      break;
  }
  return result;
}

}  // namespace

Board::Board(const Study& study, const StudyFolder& folder)
    : study_(study),
      folder_(folder),
      logs_(folder.workers()),
      configurations_(static_cast<std::size_t>(study.layout().n_groups)),
      proposals_(static_cast<std::size_t>(study.layout().n_groups)) {}

/// Not those of an extension that is not in the study as it was read.
bool Board::is_ours(Trial trial) const {
  return is_refit(trial) ? group_of_refit(trial) < study_.layout().n_refits()
                         : trial < study_.layout().n_trials();
}

void Board::look() {
  const auto look_in = [&](const std::string& path, auto number_of) {
    for (const std::string& name : list_folder(path)) {
      const auto number = parse_integer(name);
      if (!number || *number < 0) continue;
      const Trial trial = number_of(*number);
      if (is_ours(trial) && !ends_.contains(trial) && exists(folder_.trial(trial) + "/claim.1"))
        open_.insert(trial);
    }
  };
  for (const std::string& part : list_folder(folder_.path() + "/t"))
    look_in(text(folder_.path(), "/t/", part), [](std::int64_t number) { return number; });
  look_in(folder_.path() + "/refit", [](std::int64_t group) { return refit_of(group); });
}

void Board::refresh() {
  std::int64_t n_ends = 0;
  for (const LedgerLine& line : logs_.read()) {
    if (const auto* end = std::get_if<TrialEnd>(&line)) {
      take(*end);
      ++n_ends;
    } else if (const auto* reading = std::get_if<TrialReading>(&line)) {
      take(*reading);
    } else if (const auto* paused = std::get_if<TrialPaused>(&line)) {
      paused_[paused->trial] = std::max(paused_[paused->trial], paused->attempt);
    } else {
      n_synced_ += std::exchange(n_ends, 0);
    }
  }
}

void Board::take(const TrialEnd& end) {
  if (!is_ours(end.trial) || !ends_.emplace(end.trial, end).second) return;
  open_.erase(end.trial);
  if (is_refit(end.trial)) return;
  const Unit unit = study_.layout().unit(end.trial);
  Configuration& configuration = configuration_at(unit.group, unit.configuration);
  if (end.proposal) note_begun(end.trial, end.proposal);
  if (end.reason == "cannot_win") {
    configuration.is_closed = true;
  } else {
    configuration.results[unit.repeat] = result_of(end);
  }
}

void Board::take(const TrialReading& reading) {
  Curve& curve = curves_[reading.trial];
  curve.number = reading.trial;
  // What is done again after an interruption gives the same numbers.
  if (!curve.readings.empty() && curve.readings.back().steps >= reading.steps) return;
  curve.readings.push_back({reading.epochs, reading.steps, reading.value});
  shares_[reading.trial] = reading.share;
}

Configuration& Board::configuration_at(std::int64_t group, std::int64_t number) {
  std::vector<Configuration>& all = configurations_[static_cast<std::size_t>(group)];
  const auto place =
      std::lower_bound(all.begin(), all.end(), number,
                       [](const Configuration& one, std::int64_t n) { return one.number < n; });
  if (place != all.end() && place->number == number) return *place;
  return *all.insert(place, Configuration{number, {}, {}, false});
}

void Board::note_begun(Trial trial, const std::optional<Proposal>& proposal) {
  if (!ends_.contains(trial)) open_.insert(trial);
  if (!proposal || is_refit(trial)) return;
  const Unit unit = study_.layout().unit(trial);
  configuration_at(unit.group, unit.configuration).point =
      study_.point_from(proposal->point, proposal->revision);
  proposals_[static_cast<std::size_t>(unit.group)].insert_or_assign(unit.configuration, *proposal);
}

const TrialEnd* Board::end(Trial trial) const {
  const auto found = ends_.find(trial);
  return found == ends_.end() ? nullptr : &found->second;
}

int Board::paused_attempt(Trial trial) const {
  const auto found = paused_.find(trial);
  return found == paused_.end() ? 0 : found->second;
}

std::span<const Configuration> Board::configurations(std::int64_t group) const {
  return configurations_[static_cast<std::size_t>(group)];
}

const Configuration* Board::configuration(std::int64_t group, std::int64_t number) const {
  const std::span<const Configuration> all = configurations(group);
  const auto place =
      std::lower_bound(all.begin(), all.end(), number,
                       [](const Configuration& one, std::int64_t n) { return one.number < n; });
  return place != all.end() && place->number == number ? &*place : nullptr;
}

const Proposal* Board::proposal(std::int64_t group, std::int64_t number) const {
  const auto& all = proposals_[static_cast<std::size_t>(group)];
  const auto found = all.find(number);
  return found == all.end() ? nullptr : &found->second;
}

std::optional<Point> Board::point(std::int64_t group, std::int64_t number) const {
  if (!study_.learns()) return study_.propose(group, number, {});
  const Proposal* known = proposal(group, number);
  if (!known) return std::nullopt;
  return study_.point_from(known->point, known->revision);
}

Curve Board::curve(Trial trial) const {
  const auto found = curves_.find(trial);
  if (found == curves_.end()) return {trial, {}};
  Curve curve = found->second;
  for (Reading& reading : curve.readings) reading.value = study_.objective()->turned(reading.value);
  return curve;
}

double Board::share(Trial trial) const {
  const auto found = shares_.find(trial);
  return found == shares_.end() ? 0 : found->second;
}

std::vector<Curve> Board::curves(std::int64_t group) const {
  std::vector<Curve> out;
  for (const auto& [trial, readings] : curves_) {
    if (is_refit(trial) || readings.readings.empty() || study_.layout().unit(trial).group != group) continue;
    out.push_back(curve(trial));
  }
  return out;
}

std::optional<std::int64_t> Board::best(std::int64_t group) const {
  std::optional<Seen> best;
  for (const Configuration& one : configurations(group)) {
    const Seen seen = seen_of(one, study_.layout().n_repeats, *study_.objective());
    const bool is_candidate = seen.state == Seen::State::done && !one.is_closed;
    if (is_candidate && (!best || seen.value < best->value)) best = seen;
  }
  if (!best) return std::nullopt;
  return best->number;
}

namespace {

Repeats repeats_of(const Configuration& configuration, std::int64_t n) {
  Repeats out;
  for (std::int64_t repeat = 0; repeat < n; ++repeat) {
    const auto found = configuration.results.find(repeat);
    const bool has_value = found != configuration.results.end() && found->second.end != Result::End::failed;
    out.push_back(has_value ? std::optional(found->second.value) : std::nullopt);
  }
  return out;
}

}  // namespace

std::optional<bool> is_left_out(const Study& study, const Board& board, const Unit& unit) {
  const auto& repeat = study.section().repeat;
  if (!repeat || repeat->stop != "cannot_win" || unit.repeat < 2) return false;
  const Configuration* own = board.configuration(unit.group, unit.configuration);
  if (own && own->is_closed) return true;
  if (!own || std::ssize(own->results) < unit.repeat) return std::nullopt;
  const bool has_windows = study.section().sync == "window";
  const std::int64_t end =
      has_windows ? unit.configuration / study.section().window * study.section().window : unit.configuration;
  std::vector<Repeats> all;
  for (const Configuration& other : board.configurations(unit.group)) {
    if (other.number >= end) break;
    const bool is_whole = other.is_closed || std::ssize(other.results) == study.layout().n_repeats;
    if (is_whole) {
      all.push_back(repeats_of(other, study.layout().n_repeats));
    } else if (has_windows) {
      return std::nullopt;
    }
  }
  all.push_back(repeats_of(*own, unit.repeat));
  const std::vector<std::size_t> out =
      cannot_win(all, study.objective()->is_better_high, repeat->confidence, study.layout().n_repeats);
  return std::find(out.begin(), out.end(), all.size() - 1) != out.end();
}

}  // namespace assay::sweep
