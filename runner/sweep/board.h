// How the trials of a study stand, for whoever looks for work or reports: what the logs say, and which trials
// were begun and have not ended.
//
//   Board board(study, folder);
//   board.look();                      // which trials were begun
//   board.refresh();                   // what the logs got since the last call
//   board.configurations(group);       // what proposals are made from
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "registry/contracts/pruner.h"
#include "runner/sweep/history.h"
#include "runner/sweep/ledger.h"

namespace assay::sweep {

class Board {
 public:
  Board(const Study& study, const StudyFolder& folder);

  /// Which trials were begun, by their folders: once, for whoever comes later than they did.
  void look();
  /// Takes what the logs got since the last call.
  void refresh();

  /// Null while it has not ended for good.
  const TrialEnd* end(Trial trial) const;
  const std::map<Trial, TrialEnd>& ends() const { return ends_; }
  std::int64_t n_in_all() const { return study_.layout().n_trials() + study_.layout().n_refits(); }
  bool are_all_over() const { return std::ssize(ends_) >= n_in_all(); }
  /// Trials that were begun and have not ended.
  const std::set<Trial>& open() const { return open_; }
  bool is_begun(Trial trial) const { return open_.contains(trial) || ends_.contains(trial); }
  /// Whoever began it says what was proposed; of a sampler that does not learn, nothing.
  void note_begun(Trial trial, const std::optional<Proposal>& proposal);
  /// What was there of it is gone: it can be begun anew.
  void forget(Trial trial) { open_.erase(trial); }
  /// The attempt that a pruner put aside last; 0 if none.
  int paused_attempt(Trial trial) const;
  /// Results that survive a power cut.
  std::int64_t n_synced() const { return n_synced_; }

  /// Of a group, in ascending order: of a sampler that learns, those that were proposed; else those that have
  /// a result.
  std::span<const Configuration> configurations(std::int64_t group) const;
  /// Null if it was not proposed.
  const Configuration* configuration(std::int64_t group, std::int64_t number) const;
  /// What it draws; nothing if it was not proposed.
  std::optional<Point> point(std::int64_t group, std::int64_t number) const;
  const Proposal* proposal(std::int64_t group, std::int64_t number) const;
  /// The evaluations of the trials of a group, in ascending order, values turned.
  std::vector<Curve> curves(std::int64_t group) const;
  Curve curve(Trial trial) const;
  /// How much of a whole run its evaluations cover.
  double share(Trial trial) const;
  /// The configuration of the best mean over repeats that all ended well; nothing if there is none.
  std::optional<std::int64_t> best(std::int64_t group) const;

 private:
  bool is_ours(Trial trial) const;
  void take(const TrialEnd& end);
  void take(const TrialReading& reading);
  Configuration& configuration_at(std::int64_t group, std::int64_t number);

  const Study& study_;
  const StudyFolder& folder_;
  LedgerReader logs_;
  std::map<Trial, TrialEnd> ends_;
  std::set<Trial> open_;
  std::map<Trial, int> paused_;
  std::map<Trial, Curve> curves_;
  std::map<Trial, double> shares_;
  std::vector<std::vector<Configuration>> configurations_;   // by group
  std::vector<std::map<std::int64_t, Proposal>> proposals_;  // by group
  std::int64_t n_synced_ = 0;
};

/// Whether further repeats of a configuration are left out, as it cannot win (`repeat.stop: cannot_win`):
/// decided before repeat `repeat`, from the configurations before it that have ended. With `sync: window`
/// those of earlier windows only. Nothing if it has to wait for repeats of its own.
std::optional<bool> is_left_out(const Study& study, const Board& board, const Unit& unit);

}  // namespace assay::sweep
