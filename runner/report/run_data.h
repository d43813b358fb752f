// What there is to see of a run, of several side by side, or of a study: read once, as plain values, for
// tables, comparisons, exports and pages.
//
//   const RunData run = read_run_data(folder);
//   if (const store::Series* loss = run.find("valid/loss")) ... loss->step, loss->epoch, loss->value
//   for (const auto& [key, value] : run.config()) ...          // {"optimizer.lr", 0.001}, ...
//
//   const StudyData data = read_study_data(study, folder);     // study: as commands open it
//   for (const TrialData& trial : data.trials) ...             // values, how it ended, objective, metrics
//
// A run that goes on is read to its last row, from its journals; of a study only its workers' logs are read,
// not a trial's own files. Nothing is written. Names and texts are as they were recorded: whoever shows them
// makes them safe (printable() for terminals, escapes for pages).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "registry/registry.h"
#include "runner/store/flat_config.h"
#include "runner/store/record.h"
#include "runner/store/summary.h"
#include "runner/sweep/statistics.h"
#include "runner/sweep/study.h"
#include "runner/sweep/study_folder.h"

namespace assay::report {

using store::FlatConfig;
using store::flatten;

/// Whether more of a metric is better, as far as its name and the config tell.
enum class Direction { unknown, lower, higher };

struct Extreme {
  double value = 0;
  std::int64_t step = 0;
  std::int64_t epoch = 0;
};

struct RunData {
  store::RunSummary summary;  // as lists show it; the state is as it is now
  /// Everything that was recorded: config (begin.resolved), where its values came from (begin.provenance),
  /// environment, data, series, arrays (as `valid/confusion_matrix`), events, checkpoints, attempts.
  store::Record record;

  /// `digits-mlp/3f2a91c0de`, as commands take it.
  std::string title() const;
  /// The series as it was logged, "valid/accuracy"; null if there is none.
  const store::Series* find(std::string_view metric) const;
  /// The latest array of a name, as "valid/confusion_matrix"; null if there is none.
  const store::LoggedArray* find_array(std::string_view name) const;
  /// All series, in the order of their first rows where that is known, else by name.
  std::vector<const store::Series*> series() const;
  /// What became of a metric: what the run ended with, else the last row of its series.
  std::optional<double> last(std::string_view metric) const;
  FlatConfig config() const { return flatten(record.begin.resolved); }
};

/// Throws Kind::store if there is no run, or no record yet.
RunData read_run_data(const std::string& folder);

/// What its data call the classes, in order, by the newest checkpoint that is there. Empty where none is,
/// where classes are numbers, and for other tasks.
std::vector<std::string> class_names(const RunData& run);

/// The least or the most value of a series, the earliest of equals; NaN is passed over. Nothing if there is
/// no number. `lower`: the least; all else: the most.
std::optional<Extreme> best_of(const store::Series& series, Direction direction);

/// `valid/loss` is better low; of others what the metric of the config says of itself (`topk_5` is one of
/// `topk`); unknown if no metric of the config gives a number of that name, as `train/lr`.
Direction direction_of(std::string_view metric, const Json& config, const Registry& registry);

/// One thing that a study draws.
struct ParameterData {
  std::string name;  // "optimizer.lr"; of a choice within a choice "optimizer[1].lr"
  Parameter::Kind kind = Parameter::Kind::choice;
  bool is_log = false;
  double low = 0, high = 0;          // of numbers
  std::vector<std::string> choices;  // of a choice, as a config writes them
};

struct TrialData {
  sweep::Trial number = 0;
  std::string folder;
  std::string label;               // `trial 7`, `refit of group 3`
  std::int64_t configuration = 0;  // of refits: that of the group's best
  std::int64_t group = 0;
  std::int64_t repeat = 0;
  /// "finished", "stopped", "failed", or "open": begun and not ended.
  std::string state;
  std::string reason;                         // of one that did not finish: pruned, diverged, ...
  std::string message;                        // for people
  std::vector<std::optional<double>> values;  // one a parameter: a number, or the number of a choice
  std::optional<double> objective;
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  double seconds = 0;
  store::MetricValues metrics;
};

/// A configuration with its repeats in one group.
struct ConfigurationData {
  std::int64_t number = 0;
  std::int64_t group = 0;
  std::vector<std::optional<double>> values;  // as of trials
  sweep::Repeats repeats;                     // of the objective; nothing where one has not ended well
  sweep::Summary summary;
  /// Of its difference from the best of its group, after Holm's correction; nothing without repeats.
  std::optional<double> p_value;
  bool is_best = false;
  bool is_tied = false;  // not significantly worse than the best; of single runs, which cannot say, false
};

struct StudyData {
  std::string folder;
  std::string name;
  std::string id;
  Json config;  // resolved, with its sweep
  std::optional<sweep::Objective> objective;
  double confidence = 0.95;   // of intervals and tests
  std::int64_t n_trials = 0;  // planned, refits included
  std::int64_t n_repeats = 1;
  std::vector<ParameterData> parameters;
  std::vector<std::string> groups;  // the values of each, `dataset.split.fold=3`; one empty text without
  std::vector<TrialData> trials;    // those that were begun, ascending; refits behind them
  std::vector<ConfigurationData> configurations;  // by group, then the best first; with a result
};

/// True for the folder of a study.
bool is_study(const std::string& folder);

/// Throws Kind::store if the study's folder has no spec, or it is damaged.
StudyData read_study_data(const sweep::Study& study, const sweep::StudyFolder& folder);

/// A value of a parameter for people: a choice as a config writes it, a number in three digits.
std::string value_label(const ParameterData& parameter, double value);

}  // namespace assay::report
