// A sweep, checked and ready to be asked: how many trials there are, which values each has, what it is after.
// It is made of the config alone and does nothing; whoever runs trials keeps the results and hands them in.
//
//   const Study study({.file = "configs/sweep.yaml"}, registry, parts);
//   const Unit unit = study.layout().unit(trial);
//   const Point point = study.propose(unit.group, unit.configuration, seen);
//   const BoundConfig bound = study.trials().bind(study.overrides(unit, point));
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "registry/contracts/pruner.h"
#include "registry/contracts/sampler.h"
#include "registry/implementations.h"
#include "runner/config/composition.h"
#include "runner/sweep/layout.h"
#include "runner/sweep/search_space.h"

namespace assay::sweep {

struct Objective {
  std::string metric;
  bool is_better_high = false;

  /// The value as samplers and pruners see it: lower is better.
  double turned(double value) const { return is_better_high ? -value : value; }
};

class Study {
 public:
  /// Reads the config and checks its sweep. Throws Error(Kind::config) with every problem found: first those
  /// of the config, then those of the sweep itself, then those of values that it would try. The registry must
  /// outlive this.
  Study(const ConfigRequest& request, const Registry& registry, const Implementations& parts);

  /// Makes this the extension of `before` (runner/sweep/extension.h): configurations that `before` has are
  /// proposed as it does, in its space and from its results. Points are those of this study's space
  /// everywhere else.
  void put_before(std::unique_ptr<const Study> before);
  /// From 1: how many studies led to this one.
  int revision() const { return before_ ? before_->revision() + 1 : 1; }
  /// The revision that a configuration came with.
  const Study& revision_of(std::int64_t configuration) const;
  /// A point of the revision of this number as one of this study, and the way back.
  Point point_from(const Point& point, int number) const;
  Point point_in(const Point& point, int number) const;

  /// The config as it stands, without any trial's values.
  const LoadedConfig& config() const { return config_; }
  const SweepSection& section() const { return *config_.experiment.sweep; }
  const Layout& layout() const { return layout_; }
  const SearchSpace& space() const { return space_; }
  const SearchSpace& groups() const { return groups_; }
  /// Nothing if the sweep is after nothing: then there is no best trial.
  const std::optional<Objective>& objective() const { return objective_; }
  /// Null if nothing is pruned.
  const Pruner* pruner() const { return pruner_.get(); }
  bool learns() const { return samplers_.front()->learns(); }
  /// What `zip_file` holds: a study is a function of it as well.
  const std::vector<std::string>& points_texts() const { return points_texts_; }
  /// The request with every file that was read as it was: a study of it is this one, wherever it is made.
  ConfigRequest request() const;
  /// What trials are bindings of.
  const Composition& trials() const { return trials_; }

  /// The values of `per` in a group; empty without groups.
  Point group_point(std::int64_t group) const;
  /// A pure function of its arguments and of the config. seen: of this group, ascending; values turned. The
  /// numbers are those of configurations.
  Point propose(std::int64_t group, std::int64_t configuration, std::span<const Seen> seen) const;
  std::vector<Override> overrides(const Unit& unit, const Point& point) const;
  /// For the best point of a group, once more.
  std::vector<Override> refit_overrides(std::int64_t group, const Point& point) const;
  /// `optimizer.lr=3e-4 seed=2`, without what all trials share.
  std::string label(const Unit& unit, const Point& point) const;
  /// Where a key of the config is written; of one that is not, the next above it.
  Where where(std::string_view path) const;

 private:
  void read_space(std::vector<Problem>& problems);
  void read_goals(std::vector<Problem>& problems);
  void check_repeat(std::vector<Problem>& problems) const;
  void build_samplers(const Registry& registry, const Implementations& parts, std::vector<Problem>& problems);
  void count(std::vector<Problem>& problems);
  /// Binds every choice, both ends of every range and every row once.
  void check_values() const;
  void add_repeat(std::int64_t repeat, std::vector<Override>& overrides) const;
  const Study& at_revision(int number) const;
  Point propose_as_before(std::int64_t group, std::int64_t configuration, std::span<const Seen> seen) const;

  std::unique_ptr<const Study> before_;  // null: was never extended
  ConfigRequest request_;
  std::vector<std::string> points_texts_;
  LoadedConfig config_;
  Composition trials_;
  SearchSpace space_;
  SearchSpace groups_;
  Layout layout_;
  std::optional<Objective> objective_;
  std::unique_ptr<Sampler> group_points_;           // grid over groups_
  std::vector<std::unique_ptr<Sampler>> samplers_;  // one for each group, with seeds of their own
  std::unique_ptr<Pruner> pruner_;
};

}  // namespace assay::sweep
