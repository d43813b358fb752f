#include "runner/sweep/study.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/io/files.h"
#include "core/random.h"
#include "core/text.h"
#include "registry/contracts/dataset.h"
#include "runner/sweep/extension.h"
#include "runner/sweep/points_file.h"

namespace assay::sweep {
namespace {

constexpr std::int64_t most_attempts = 1000;
constexpr std::int64_t attempts_for_a_new_point = 100;

LoadedConfig load(const Composition& composition) {
  LoadedConfig config = composition.load();
  if (config.experiment.sweep) return config;
  throw Error(Kind::config,
              Problem{config.composed.where(), "sweep", "is missing",
                      "say what to try, as `sweep: {space: {optimizer.lr: {choice: [1e-3, 1e-2]}}}`"});
}

// Of the metrics that a run computes, the one that gives a number of this name (topk gives topk_1, topk_5).
bool is_better_high(const Experiment& experiment, const std::string& name) {
  for (const Slot<Metric>& metric : experiment.metrics) {
    if (name != metric.name() && !name.starts_with(metric.name() + "_")) continue;
    const auto* facet = std::any_cast<TaskFacet>(&metric.component().facet);
    if (facet) return facet->is_better_high;
  }
  return false;
}

bool same_point(const Point& a, const Point& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

bool is_finite(const Space& space) {
  return std::all_of(space.parameters.begin(), space.parameters.end(),
                     [](const Parameter& parameter) { return parameter.is_finite(); });
}

// What a sampler says of its space is given the place where that is written.
void add_with_places(const Error& error, const SearchSpace& space, const Where& otherwise,
                     std::vector<Problem>& problems) {
  for (Problem problem : error.problems()) {
    const auto& parameters = space.space().parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (problem.path.ends_with('.' + parameters[i].name)) problem.where = space.where(i);
    }
    if (!problem.where.is_known()) problem.where = otherwise;
    problems.push_back(std::move(problem));
  }
}

Slot<Sampler> grid_slot(const Registry& registry) {
  return registry.bind<Sampler>(Value::scalar("grid", false, {}), "sweep.per");
}

void collect_places(const Value& value, std::set<std::string>& out) {
  out.insert(to_string(value.where()));
  if (value.is_list()) {
    for (const Value& item : value.items()) collect_places(item, out);
  } else if (value.is_map()) {
    for (const Value::Entry& entry : value.entries()) {
      out.insert(to_string(entry.key_where));
      collect_places(entry.value, out);
    }
  }
}

}  // namespace

Study::Study(const ConfigRequest& request, const Registry& registry, const Implementations& parts)
    : request_(request), trials_(request, registry) {
  config_ = load(trials_);
  trials_ = trials_.trials();
  std::vector<Problem> problems;
  read_space(problems);
  read_goals(problems);
  check_repeat(problems);
  throw_if_any(Kind::config, problems);
  build_samplers(registry, parts, problems);
  throw_if_any(Kind::config, problems);
  count(problems);
  throw_if_any(Kind::config, problems);
  check_values();
}

Where Study::where(std::string_view path) const {
  for (std::string_view rest = path; !rest.empty(); rest = rest.substr(0, rest.rfind('.'))) {
    if (const Value* found = config_.composed.find_path(rest)) {
      if (found->where().kind != Where::Kind::defaults) return found->where();
    }
    if (rest.find('.') == std::string_view::npos) break;
  }
  return config_.composed.where();
}

ConfigRequest Study::request() const {
  ConfigRequest request = request_;
  request.texts = config_.sources;
  for (const std::string& text : points_texts_) request.texts.push_back({section().zip_file.text, text});
  return request;
}

void Study::read_space(std::vector<Problem>& problems) {
  std::vector<Value> rows;
  if (section().zip_file.is_set()) {
    const std::string& file = section().zip_file.text;
    try {
      const auto known = std::find_if(request_.texts.begin(), request_.texts.end(),
                                      [&](const SourceText& source) { return source.name == file; });
      points_texts_.push_back(known == request_.texts.end() ? read_file(file) : known->text);
      rows = read_points(points_texts_.back(), file, problems);
    } catch (const Error& error) {
      for (const Problem& problem : error.problems())
        problems.push_back({where("sweep.zip_file"), "sweep.zip_file",
                            text("is ", printable(section().zip_file.text), ": ", problem.message),
                            "a path is relative to the file that writes it"});
    }
  }
  space_ = read_search_space(config_.composed, std::move(rows), problems);
  groups_ = read_groups(config_.composed, problems);
  if (space_.is_empty() && problems.empty() && !section().repeat && groups_.is_empty())
    problems.push_back({where("sweep"), "sweep.space", "is empty, so there is nothing to try",
                        "as `space: {optimizer.lr: {choice: [1e-3, 1e-2]}}`"});
}

void Study::read_goals(std::vector<Problem>& problems) {
  const SweepSection& sweep = section();
  if (sweep.objective) {
    objective_ = Objective{sweep.objective->metric, false};
    const std::string name = objective_->metric.substr(objective_->metric.find('/') + 1);
    objective_->is_better_high =
        sweep.objective->mode ? *sweep.objective->mode == "max" : is_better_high(config_.experiment, name);
  }
  const auto need_objective = [&](bool is_needed, const std::string& path, const std::string& who) {
    if (is_needed && !objective_)
      problems.push_back({where(path), "sweep.objective", text("is missing, which ", who, " needs"),
                          "say what to be best at, as `objective: {metric: valid/loss}`"});
  };
  need_objective(!sweep.pruner.is_empty(), "sweep.pruner", "a pruner");
  need_objective(sweep.refit.has_value(), "sweep.refit", "refit");
  need_objective(sweep.repeat && sweep.repeat->stop == "cannot_win", "sweep.repeat.stop",
                 "`stop: cannot_win`");
  if (!sweep.summary || !sweep.summary->over) return;
  const auto& entries = groups_.entries();
  const bool is_known = std::any_of(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.name == *sweep.summary->over; });
  if (is_known) return;
  std::vector<std::string> known;
  for (const Entry& entry : entries) known.push_back(entry.name);
  problems.push_back({where("sweep.summary.over"), "sweep.summary.over",
                      text("is ", printable(*sweep.summary->over), ", which is no key of sweep.per"),
                      known.empty() ? std::string("without `per` there is one group: remove `over`")
                                    : suggest(*sweep.summary->over, known)});
}

void Study::check_repeat(std::vector<Problem>& problems) const {
  const auto& repeat = section().repeat;
  if (!repeat) return;
  const std::string path = repeat->seeds ? "sweep.repeat.seeds" : "sweep.repeat.folds";
  const std::string key = repeat->seeds ? "seed" : "dataset.split.fold";
  for (const SearchSpace* space : {&space_, &groups_}) {
    for (const Entry& entry : space->entries()) {
      if (std::find(entry.keys.begin(), entry.keys.end(), key) != entry.keys.end())
        problems.push_back({entry.where, "sweep.repeat",
                            text(": ", key, " is what repeats differ in, so it cannot be drawn"),
                            "remove one of them"});
    }
  }
  const Slot<Split>& split = config_.experiment.dataset.shared().split;
  if (repeat->folds && split.name() != "k_fold")
    problems.push_back({where(path), path,
                        text("repeats over folds, but dataset.split is ",
                             split.is_empty() ? std::string("not set") : split.name()),
                        "write `dataset: {..., split: {type: k_fold, valid: 20%}}`"});
}

void Study::build_samplers(const Registry& registry, const Implementations& parts,
                           std::vector<Problem>& problems) {
  try {
    group_points_ = parts.build(grid_slot(registry), {groups_.space(), 0});
    layout_.n_groups = *group_points_->count();
  } catch (const Error& error) {
    add_with_places(error, groups_, where("sweep.per"), problems);
    return;
  }
  const Stream seeds(static_cast<std::uint64_t>(section().seed), "sweep/group");
  try {
    for (std::int64_t group = 0; group < layout_.n_groups; ++group) {
      const std::uint64_t seed = seeds.at(0, static_cast<std::uint64_t>(group)).word64();
      samplers_.push_back(parts.build(section().sampler, {space_.space(), seed}));
    }
  } catch (const Error& error) {
    add_with_places(error, space_, where("sweep.sampler"), problems);
    return;
  }
  if (samplers_.front()->learns() && !objective_)
    problems.push_back({where("sweep.sampler"), "sweep.objective",
                        text("is missing, which sampler ", section().sampler.name(), " needs"),
                        "say what to be best at, as `objective: {metric: valid/loss}`"});
  if (!section().pruner.is_empty()) pruner_ = parts.build(section().pruner, {});
}

void Study::count(std::vector<Problem>& problems) {
  const std::optional<std::int64_t> in_all = samplers_.front()->count();
  const auto& trials = section().trials;
  const std::string& name = section().sampler.name();
  if (!in_all && !trials)
    problems.push_back({where("sweep"), "sweep.trials",
                        text("is missing: sampler ", name, " never ends by itself"),
                        "say how many configurations to try, as `trials: 64`"});
  if (in_all && trials)
    problems.push_back({where("sweep.trials"), "sweep.trials",
                        text("is ", *trials, ", but sampler ", name, " has its own count, ", *in_all),
                        "remove it, or choose another sampler: random, sobol, tpe"});
  if (in_all && *in_all == 0)
    problems.push_back({where("sweep.forbid"), "sweep.forbid",
                        "leaves nothing to try: every combination is forbidden", "remove some of it"});
  if (!problems.empty()) return;
  const std::int64_t n_enqueued = std::ssize(space_.enqueued());
  layout_.n_configurations = in_all ? *in_all + n_enqueued : *trials;
  const auto& repeat = section().repeat;
  layout_.n_repeats = repeat ? (repeat->seeds ? *repeat->seeds : *repeat->folds) : 1;
  layout_.has_refits = section().refit.has_value();
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  const auto product = static_cast<double>(layout_.n_configurations) * static_cast<double>(layout_.n_groups) *
                       static_cast<double>(layout_.n_repeats);
  if (product > static_cast<double>(most))
    problems.push_back({where("sweep"), "sweep", text("has ", product, " trials, more than can be numbered"),
                        "list fewer values, or choose another sampler: random, sobol, tpe"});
}

void Study::check_values() const {
  std::vector<Problem> problems;
  std::set<std::string> seen;
  const auto check = [&](const std::vector<Override>& overrides, const std::string& label) {
    try {
      trials_.bind(overrides);
    } catch (const Error& error) {
      std::set<std::string> places;
      for (const Override& override : overrides) {
        places.insert(to_string(override.where));
        collect_places(override.value, places);
      }
      for (Problem problem : error.problems()) {
        if (!seen.insert(to_string(problem)).second) continue;
        if (!places.contains(to_string(problem.where))) problem.notes.push_back("in the trial with " + label);
        problems.push_back(std::move(problem));
      }
    }
  };
  const auto check_space = [&](const SearchSpace& space) {
    const auto& parameters = space.space().parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Parameter& parameter = parameters[i];
      const bool is_choice = parameter.kind == Parameter::Kind::choice;
      const std::int64_t n_values = is_choice ? parameter.n_choices : 2;
      for (std::int64_t k = 0; k < n_values; ++k) {
        const double value = is_choice ? static_cast<double>(k) : k == 0 ? parameter.low : parameter.high;
        const Point point = space.point_with(i, value);
        check(space.overrides(point), space.label(point));
      }
    }
  };
  check_space(space_);
  check_space(groups_);
  if (section().refit) {
    const auto& parameters = space_.space().parameters;
    const Point first = parameters.empty() ? Point() : space_.point_with(0, parameters.front().at(0));
    check(refit_overrides(0, first), "the values of refit");
  }
  throw_if_any(Kind::config, problems);
}

Point Study::group_point(std::int64_t group) const { return group_points_->propose({group, 0, {}}); }

void Study::put_before(std::unique_ptr<const Study> before) { before_ = std::move(before); }

const Study& Study::revision_of(std::int64_t configuration) const {
  const bool was_there = before_ && configuration < before_->layout_.n_configurations;
  return was_there ? before_->revision_of(configuration) : *this;
}

const Study& Study::at_revision(int number) const {
  return before_ && number < revision() ? before_->at_revision(number) : *this;
}

Point Study::point_from(const Point& point, int number) const {
  return translated(point, at_revision(number).space_.space(), space_.space());
}

Point Study::point_in(const Point& point, int number) const {
  return translated(point, space_.space(), at_revision(number).space_.space());
}

Point Study::propose_as_before(std::int64_t group, std::int64_t configuration,
                               std::span<const Seen> seen) const {
  std::vector<Seen> then(seen.begin(), seen.end());
  for (Seen& one : then) one.point = translated(one.point, space_.space(), before_->space_.space());
  const Point point = before_->propose(group, configuration, then);
  return translated(point, before_->space_.space(), space_.space());
}

Point Study::propose(std::int64_t group, std::int64_t configuration, std::span<const Seen> seen) const {
  if (before_ && configuration < before_->layout_.n_configurations)
    return propose_as_before(group, configuration, seen);
  const std::int64_t n_enqueued = std::ssize(space_.enqueued());
  if (configuration < n_enqueued) return space_.enqueued()[static_cast<std::size_t>(configuration)];
  const Sampler& sampler = *samplers_[static_cast<std::size_t>(group)];
  const bool may_repeat = !sampler.learns() || !is_finite(space_.space());
  Ask ask{configuration - n_enqueued, 0, seen};
  std::optional<Point> allowed;
  for (; ask.attempt < most_attempts; ++ask.attempt) {
    Point point = sampler.propose(ask);
    if (!space_.space().is_allowed(point)) continue;
    const bool is_new = may_repeat || std::none_of(seen.begin(), seen.end(), [&](const Seen& one) {
                          return same_point(one.point, point);
                        });
    if (is_new || ask.attempt >= attempts_for_a_new_point) return point;
    allowed = std::move(point);
  }
  if (allowed) return *allowed;
  throw Error(Kind::config, Problem{where("sweep.forbid"), "sweep.forbid",
                                    text("forbids all of ", most_attempts, " points that were drawn"),
                                    "draw less of what is forbidden, or forbid less"});
}

void Study::add_repeat(std::int64_t repeat, std::vector<Override>& overrides) const {
  const auto& section_of = section().repeat;
  if (!section_of) return;
  const auto add = [&](const std::string& key, std::int64_t value, const std::string& path) {
    Override override;
    override.path = split(key, '.');
    override.where = where(path);
    override.value = Value::scalar(text(value), false, override.where);
    overrides.push_back(std::move(override));
  };
  if (section_of->seeds) return add("seed", config_.experiment.seed + repeat, "sweep.repeat.seeds");
  add("dataset.split.k", *section_of->folds, "sweep.repeat.folds");
  add("dataset.split.fold", repeat, "sweep.repeat.folds");
}

std::vector<Override> Study::overrides(const Unit& unit, const Point& point) const {
  std::vector<Override> out = groups_.overrides(group_point(unit.group));
  for (Override& override : space_.overrides(point)) out.push_back(std::move(override));
  add_repeat(unit.repeat, out);
  return out;
}

std::vector<Override> Study::refit_overrides(std::int64_t group, const Point& point) const {
  std::vector<Override> out = groups_.overrides(group_point(group));
  for (Override& override : space_.overrides(point)) out.push_back(std::move(override));
  const Value* refit = config_.composed.find_path("sweep.refit");
  if (!refit || !refit->is_map()) return out;
  for (const Value::Entry& entry : refit->entries()) {
    Override override;
    override.path = split(entry.key, '.');
    override.value = entry.value;
    override.where = entry.key_where;
    out.push_back(std::move(override));
  }
  return out;
}

std::string Study::label(const Unit& unit, const Point& point) const {
  std::vector<std::string> parts;
  const auto add = [&](std::string part) {
    if (!part.empty()) parts.push_back(std::move(part));
  };
  add(groups_.label(group_point(unit.group)));
  add(space_.label(point));
  if (section().repeat) {
    const bool is_seed = section().repeat->seeds.has_value();
    add(is_seed ? text("seed=", config_.experiment.seed + unit.repeat) : text("fold=", unit.repeat));
  }
  return join(parts, " ");
}

}  // namespace assay::sweep
