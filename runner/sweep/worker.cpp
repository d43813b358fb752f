#include "runner/sweep/worker.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/io/loose_files.h"
#include "core/text.h"
#include "runner/store/claim.h"
#include "runner/store/json_at.h"

namespace assay::sweep {
namespace {

using std::chrono::milliseconds;

/// One sync for all ends since the last, this often.
constexpr milliseconds sync_every(1000);
constexpr std::int64_t most_unsynced = 64;
/// How often trials that others began are looked at, while there is other work.
constexpr milliseconds look_every(2000);
constexpr milliseconds shortest_pause(5), longest_pause(500);

/// How long whoever watches over the workers of this machine has to say how one of them died.
constexpr milliseconds explained_after(2000);

/// What a trial has beyond its limit before the process of its worker is ended: to write a checkpoint.
constexpr double grace_s = 30;

/// What an attempt said when it was released; a map without keys if it did not.
Json released(const std::string& folder, int attempt) {
  const auto bytes = find_file(join_path(folder, text("released.", attempt)));
  return (bytes ? store::json_in(*bytes) : std::nullopt).value_or(Json::map());
}

/// Whether a claim of a trial, or the last word of an attempt, is no JSON. An attempt that a person released
/// by hand may have said nothing.
bool has_torn_file(const std::string& folder) {
  for (const std::string& name : list_folder(folder)) {
    const bool is_claim = name.starts_with("claim.");
    if (!is_claim && !name.starts_with("released.")) continue;
    const auto bytes = find_file(join_path(folder, name));
    const bool says_something = bytes && (is_claim || !trim(*bytes).empty());
    if (says_something && !store::json_in(*bytes)) return true;
  }
  return false;
}

/// Whether an attempt left a checkpoint that is still there: the newest one is.
bool has_checkpoint(const std::string& folder, int attempt) {
  const std::vector<std::string> names = list_folder(join_path(folder, text("a.", attempt, "/ckpt")));
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.ends_with(".h5"); });
}

/// How the attempts at a trial ended, the last of them included. Where machines are taken away again and
/// again, of attempts of which nobody knows why they ended only those count as lost that got no further than
/// where they began: that left no checkpoint of their own.
Tries count_tries(const std::string& folder, int last_attempt) {
  Tries tries;
  for (int attempt = 1; attempt <= last_attempt; ++attempt) {
    const Json told = released(folder, attempt);
    const store::RunState state = store::state_named(store::text_at(told, "status"));
    if (state == store::RunState::failed) {
      const bool is_memory = reason_of(store::text_at(told, "message")) == "out_of_memory";
      ++(is_memory ? tries.n_out_of_memory : tries.n_failed);
      tries.is_out_of_time = tries.is_out_of_time || store::text_at(told, "reason") == "time_limit";
    } else if ((state == store::RunState::absent || store::was_found_lost(told)) &&
               has_checkpoint(folder, attempt)) {
      tries.n_lost = 0;
    } else if (state != store::RunState::stopped) {
      ++tries.n_lost;
    }
  }
  return tries;
}

}  // namespace

Sighting sighting_of(std::span<const Seen> seen) {
  Sighting out;
  for (const Seen& one : seen) {
    for (; out.n < one.number; ++out.n) out.absent.push_back(out.n);
    out.n = one.number + 1;
    if (one.state == Seen::State::running) out.running.push_back(one.number);
  }
  return out;
}

Worker::Worker(const TrialTools& tools, const std::atomic<bool>& stop, WorkerSeat* seat,
               store::LeaseTimes lease)
    : tools_(tools),
      study_(tools.study),
      folder_(tools.folder),
      stop_(stop),
      seat_(seat),
      lease_(lease),
      board_(study_, folder_),
      log_(folder_.workers(), store::claim_of_this_process(0, system_clock().wall_ns())),
      synced_(Time::now()),
      self_(store::claim_of_this_process(0, system_clock().wall_ns())) {}

bool Worker::is_asked_to_stop() const { return stop_ || folder_.is_stopping(); }

Worker::End Worker::work() {
  board_.refresh();
  board_.look();
  for (const Trial trial : std::set<Trial>(board_.open())) note_others(trial);
  for (;;) {
    if (is_asked_to_stop()) break;
    if (const auto found = find()) {
      pause_ = milliseconds(0);
      run(*found);
      sync_if_due();
      continue;
    }
    if (board_.are_all_over()) {
      sync();
      return End::all_over;
    }
    wait();
  }
  sync();
  return End::stopped;
}

void Worker::wait() {
  if (log_.has_unsynced()) sync_if_due();
  pause_ = std::clamp(2 * pause_, shortest_pause, longest_pause);
  std::this_thread::sleep_for(pause_);
}

// ---- Looking for work.

std::optional<Worker::Found> Worker::find() {
  board_.refresh();
  const bool is_due = looks_at_open_ || Time::now() - looked_ >= look_every;
  if (is_due) {
    if (auto found = find_open()) return found;
  }
  if (auto found = find_fresh()) return found;
  if (auto found = find_refit()) return found;
  return find_open();
}

/// Trials that were begun and that nobody works on.
std::optional<Worker::Found> Worker::find_open() {
  looked_ = Time::now();
  for (const Trial trial : std::set<Trial>(board_.open())) {
    if (auto found = look_at_open(trial)) return found;
  }
  looks_at_open_ = false;
  return std::nullopt;
}

std::optional<Worker::Found> Worker::look_at_open(Trial trial) {
  const std::string folder = folder_.trial(trial);
  store::RunStatus status;
  try {
    status = store::status_of(folder);
  } catch (const Error&) {
    if (!has_torn_file(folder)) throw;  // it could not be looked at, which is no reason to begin it anew
    set_aside(trial);
    return std::nullopt;
  }
  if (status.state == store::RunState::finished) {
    commit_finished(trial);
    return std::nullopt;
  }
  if (const auto bytes = find_file(join_path(folder, "end.json"))) {
    const std::optional<Json> json = store::json_in(*bytes);
    if (auto end = json ? end_of_json(*json) : std::nullopt) {
      commit(std::move(*end));
    } else {
      set_aside(trial);
    }
    return std::nullopt;
  }
  const bool runs = status.state == store::RunState::running;
  if (runs && (status.is_visible || !is_silent(trial, status))) return std::nullopt;
  if (status.state == store::RunState::stopped) return go_on(trial, status);
  return retry(trial, status);
}

/// A trial whose files are damaged, as a power cut leaves those that were not synced, is begun anew; what is
/// there stays beside it.
void Worker::set_aside(Trial trial) {
  const std::string folder = folder_.trial(trial);
  for (int number = 1;; ++number) {
    const std::string aside = text(folder, ".damaged.", number);
    if (exists(aside)) continue;
    if (::rename(folder.c_str(), aside.c_str()) == 0 || !exists(folder)) break;  // or another worker did it
    throw Error(Kind::store, Problem{Where::path(folder), {}, "is damaged and cannot be moved aside", {}});
  }
  board_.forget(trial);
  if (!is_refit(trial)) first_fresh_ = std::min(first_fresh_, trial);
}

/// Whether an attempt that cannot be seen from here gave no sign of life for as long as a lease lasts, by our
/// own clock.
bool Worker::is_silent(Trial trial, const store::RunStatus& status) {
  const std::string beat = join_path(folder_.trial(trial), text("a.", status.attempt, "/hb"));
  const auto heard = find_file(beat);
  const auto [known, is_new] = heard_.try_emplace(trial, Heard{heard, Time::now()});
  if (!is_new && known->second.beat != heard) known->second = {heard, Time::now()};
  return Time::now() - known->second.since >= lease_.silent_after;
}

/// A trial that was stopped, by a person or by the pruner.
std::optional<Worker::Found> Worker::go_on(Trial trial, const store::RunStatus& status) {
  if (study_.pruner() != nullptr && !is_refit(trial) && !board_.curve(trial).readings.empty()) {
    const Decision decision = decide(trial);
    if (decision == Decision::stop) {
      commit_stopped(trial, status.attempt);
      return std::nullopt;
    }
    const bool is_paused = board_.paused_attempt(trial) == status.attempt;
    if (decision == Decision::pause && is_paused) return std::nullopt;
  }
  const auto point = point_of(trial);
  if (!point || !claim(trial, status.attempt + 1, std::nullopt)) return std::nullopt;
  return Found{trial, status.attempt + 1, *point, std::nullopt};
}

/// A trial whose attempt failed or was lost.
std::optional<Worker::Found> Worker::retry(Trial trial, const store::RunStatus& status) {
  const std::string folder = folder_.trial(trial);
  const bool is_given_up = !is_tried_again(study_.section().retry, count_tries(folder, status.attempt));
  const bool matters_why = is_given_up || study_.section().limit;
  if (matters_why && may_be_explained(trial, status)) return std::nullopt;
  const store::RunState ended = store::end_lost(folder, status.attempt, AsideFile::Durable::later);
  if (ended == store::RunState::finished) {  // and was not seen to be
    commit_finished(trial);
    return std::nullopt;
  }
  if (ended != store::RunState::lost && ended != status.state) return std::nullopt;  // it is looked at again
  if (is_given_up) {
    commit_failed(trial, status);
    return std::nullopt;
  }
  if (study_.pruner() != nullptr && !is_refit(trial) && !board_.curve(trial).readings.empty() &&
      decide(trial) == Decision::stop) {
    commit_stopped(trial, status.attempt);
    return std::nullopt;
  }
  const auto point = point_of(trial);
  if (!point || !claim(trial, status.attempt + 1, std::nullopt)) return std::nullopt;
  return Found{trial, status.attempt + 1, *point, std::nullopt};
}

/// Workers often see that another one died before the process does that watches over it and knows how. Where
/// it matters - the trial is given up for that, or may have been beyond its limit - they wait for its word.
bool Worker::may_be_explained(Trial trial, const store::RunStatus& status) {
  const bool is_told = exists(join_path(folder_.trial(trial), text("released.", status.attempt)));
  if (status.state != store::RunState::lost || is_told) return false;
  const auto known = found_dead_.try_emplace({trial, status.attempt}, Time::now()).first;
  return Time::now() - known->second < explained_after;
}

/// The lowest trial that nobody began and that may begin. One that has to wait holds up those of its own
/// group only, so a few behind it are looked at.
std::optional<Worker::Found> Worker::find_fresh() {
  const Layout& layout = study_.layout();
  Trial last = layout.n_trials();
  for (Trial trial = first_fresh_; trial < last; ++trial) {
    if (board_.is_begun(trial)) {
      if (trial == first_fresh_) ++first_fresh_;
      continue;
    }
    const Unit unit = layout.unit(trial);
    const std::optional<bool> left_out = is_left_out(study_, board_, unit);
    auto start = left_out ? start_of(unit) : std::nullopt;
    if (!start) {
      last = std::min(last, trial + layout.n_groups * layout.n_repeats);
      continue;
    }
    if (*left_out) {
      TrialEnd end{trial, 0, TrialEnd::How::stopped, "cannot_win"};
      end.message = "its configuration is significantly worse than the best";
      make_loose_folders(folder_.trial(trial));
      commit(std::move(end));
      continue;
    }
    if (auto found = begin(trial, std::move(start->point), std::move(start->proposal))) return found;
  }
  return std::nullopt;
}

std::optional<Worker::Start> Worker::start_of(const Unit& unit) {
  if (!study_.learns()) return Start{study_.propose(unit.group, unit.configuration, {}), std::nullopt};
  if (const Proposal* known = board_.proposal(unit.group, unit.configuration))
    return Start{study_.point_from(known->point, known->revision), *known};
  if (unit.repeat > 0) return std::nullopt;  // whoever begins the first repeat proposes
  const auto seen = visible(study_, unit.configuration, board_.configurations(unit.group));
  if (!seen) return std::nullopt;
  const int revision = study_.revision_of(unit.configuration).revision();
  const Point point = study_.propose(unit.group, unit.configuration, *seen);
  return Start{point, Proposal{study_.point_in(point, revision), sighting_of(*seen), revision}};
}

std::optional<Worker::Found> Worker::begin(Trial trial, Point point, std::optional<Proposal> proposal) {
  make_loose_folders(folder_.trial(trial));
  if (!claim(trial, 1, proposal)) {
    note_others(trial);
    return std::nullopt;
  }
  board_.note_begun(trial, proposal);
  return Found{trial, 1, std::move(point), std::move(proposal)};
}

/// What another worker began, with its proposal: the first to claim a trial has proposed it.
void Worker::note_others(Trial trial) {
  std::optional<Proposal> proposal;
  const std::string path = join_path(folder_.trial(trial), "claim.1");
  if (const auto bytes = study_.learns() ? find_file(path) : std::nullopt) {
    const std::optional<Json> json = store::json_in(*bytes);
    const Json* proposed = json ? json->find("proposal") : nullptr;
    if (proposed != nullptr) proposal = proposal_of(*proposed);
    if (!json) looks_at_open_ = true;  // damaged: whoever looks at the trial sets it aside
  }
  board_.note_begun(trial, proposal);
}

/// The best of a group once more, when all its trials are over.
std::optional<Worker::Found> Worker::find_refit() {
  const Layout& layout = study_.layout();
  if (!layout.has_refits || first_fresh_ < layout.n_trials()) return std::nullopt;
  const bool has_open =
      std::any_of(board_.open().begin(), board_.open().end(), [](Trial trial) { return !is_refit(trial); });
  if (has_open) return std::nullopt;
  for (std::int64_t group = 0; group < layout.n_groups; ++group) {
    const Trial trial = refit_of(group);
    if (board_.is_begun(trial)) continue;
    const auto best = board_.best(group);
    make_loose_folders(folder_.trial(trial));
    if (!best) {
      TrialEnd end{trial, 0, TrialEnd::How::failed, "error"};
      end.message = "no configuration of its group ended well";
      commit(std::move(end));
      continue;
    }
    if (auto found = begin(trial, *board_.point(group, *best), std::nullopt)) return found;
  }
  return std::nullopt;
}

std::optional<Point> Worker::point_of(Trial trial) const {
  if (is_refit(trial)) {
    const std::int64_t group = group_of_refit(trial);
    const auto best = board_.best(group);
    return best ? board_.point(group, *best) : std::nullopt;
  }
  const Unit unit = study_.layout().unit(trial);
  return board_.point(unit.group, unit.configuration);
}

bool Worker::claim(Trial trial, int attempt, const std::optional<Proposal>& proposal) {
  self_.attempt = attempt;
  self_.wall_ns = system_clock().wall_ns();
  Json json = to_json(self_);
  if (!is_refit(trial))
    json.set("revision", study_.revision_of(study_.layout().unit(trial).configuration).revision());
  if (proposal) json.set("proposal", to_json(*proposal));
  return put_loose_once(join_path(folder_.trial(trial), text("claim.", attempt)), to_text(json) + '\n');
}

// ---- Doing it.

void Worker::run(const Found& found) {
  const auto began = Time::now();
  AttemptOrder order;
  order.trial = found.trial;
  order.attempt = found.attempt;
  order.overrides = is_refit(found.trial) ? study_.refit_overrides(group_of_refit(found.trial), found.point)
                                          : study_.overrides(study_.layout().unit(found.trial), found.point);
  order.stop = &stop_;
  if (found.attempt > 1)
    order.n_halvings =
        n_halvings(study_.section().retry, count_tries(folder_.trial(found.trial), found.attempt - 1));
  if (seat_ != nullptr) {
    seat_->attempt = found.attempt;
    seat_->share = 0;
    if (const auto& limit = study_.section().limit)
      seat_->deadline_s = system_clock().monotonic_s() + limit->time.amount + grace_s;
    seat_->trial = found.trial;
    order.on_progress = [this](double share) { seat_->share = share; };
  }
  if (study_.pruner() != nullptr && !is_refit(found.trial))
    order.on_evaluation = [&](const Evaluation& evaluation) { return on_evaluation(found, evaluation); };
  AttemptEnd end = run_attempt(tools_, order);
  if (seat_ != nullptr) {
    seat_->busy_s = seat_->busy_s + std::chrono::duration<double>(Time::now() - began).count();
    seat_->trial = WorkerSeat::none;
    seat_->deadline_s = 0;
  }
  switch (end.how) {
    case AttemptEnd::How::finished:
      return commit(std::move(end.end));
    case AttemptEnd::How::stopped:
      if (end.is_out_of_time) return commit_out_of_time(end);
      if (end.decision == Decision::stop) return commit_stopped(found.trial, found.attempt);
      if (end.decision == Decision::pause) log_.add(TrialPaused{found.trial, found.attempt});
      break;
    case AttemptEnd::How::failed:
    case AttemptEnd::How::taken_over:
      break;
  }
  looks_at_open_ = true;  // it is tried again, or it is over: as with those that others began
}

Decision Worker::on_evaluation(const Found& found, const Evaluation& evaluation) {
  log_.add(TrialReading{found.trial, found.attempt, evaluation.epochs, evaluation.steps, evaluation.share,
                        evaluation.value});
  board_.refresh();
  return decide(found.trial);
}

/// With `sync: window` by the curves of earlier windows alone, and for good: what others are at does not
/// matter.
Decision Worker::decide(Trial trial) {
  const Unit unit = study_.layout().unit(trial);
  std::vector<Curve> curves = board_.curves(unit.group);
  const Curve own = board_.curve(trial);
  const bool has_windows = study_.section().sync == "window";
  if (has_windows) {
    const std::int64_t window = study_.section().window;
    const std::int64_t start = unit.configuration / window * window;
    std::erase_if(curves, [&](const Curve& curve) {
      return curve.number != trial && study_.layout().unit(curve.number).configuration >= start;
    });
  }
  return study_.pruner()->decide(own, curves, has_windows || are_all_in());
}

bool Worker::are_all_in() const {
  if (first_fresh_ < study_.layout().n_trials()) return false;
  return std::all_of(board_.open().begin(), board_.open().end(),
                     [&](Trial trial) { return board_.paused_attempt(trial) > 0; });
}

// ---- What came of it.

/// The log says it to all; the end of a trial that did not finish is committed in its folder first.
void Worker::commit(TrialEnd end) {
  if (!is_refit(end.trial) && study_.learns()) {
    const Unit unit = study_.layout().unit(end.trial);
    if (const Proposal* proposal = board_.proposal(unit.group, unit.configuration)) end.proposal = *proposal;
  }
  if (end.how != TrialEnd::How::finished) {
    const std::string path = join_path(folder_.trial(end.trial), "end.json");
    if (!put_loose_once(path, to_text(to_json(end)) + '\n')) {
      const std::optional<Json> first = store::json_in(read_file(path));
      if (auto known = first ? end_of_json(*first) : std::nullopt) end = std::move(*known);
    }
  }
  log_.add(end);
  board_.refresh();
}

/// By its result, which another worker committed.
void Worker::commit_finished(Trial trial) {
  if (auto end = end_by_result(study_, folder_, trial)) {
    commit(std::move(*end));
  } else {
    set_aside(trial);
  }
}

void Worker::commit_stopped(Trial trial, int attempt) {
  const Curve curve = board_.curve(trial);
  const Reading& last = curve.readings.back();
  TrialEnd end{trial, attempt, TrialEnd::How::stopped, "pruned"};
  end.message = text("stopped by the pruner after ", number_text(last.epochs), " epochs");
  end.value = study_.objective()->turned(last.value);  // turned twice: as the metric gives it
  end.share = board_.share(trial);
  end.step = last.steps;
  end.epoch = static_cast<std::int64_t>(last.epochs);
  end.metrics = {{study_.objective()->metric, *end.value}};
  commit(std::move(end));
}

void Worker::commit_out_of_time(const AttemptEnd& attempt) {
  TrialEnd end = attempt.end;
  end.how = TrialEnd::How::failed;
  end.reason = "time_limit";
  end.message = text("was not done after ", to_string(study_.section().limit->time));
  commit(std::move(end));
}

void Worker::commit_failed(Trial trial, const store::RunStatus& status) {
  const Json told = released(folder_.trial(trial), status.attempt);
  const bool has_failed = status.state == store::RunState::failed;
  TrialEnd end{trial, status.attempt, TrialEnd::How::failed, has_failed ? reason_of(status.message) : "lost"};
  if (const std::string reason = store::text_at(told, "reason"); !reason.empty()) end.reason = reason;
  end.step = store::integer_at(told, "step");
  end.message = store::text_at(told, "message");
  if (end.message.empty()) end.message = "its worker was lost";
  commit(std::move(end));
}

void Worker::sync_if_due() {
  if (Time::now() - synced_ >= sync_every || log_.n_unsynced() >= most_unsynced) sync();
}

void Worker::sync() {
  synced_ = Time::now();
  const std::int64_t n_lines = log_.n_unsynced();
  log_.sync();
  if (seat_ != nullptr) seat_->n_acknowledged += n_lines;
}

}  // namespace assay::sweep
