// An experiment: a config, checked and bound. One struct per section of the config language; what each key
// means, its default and its rules stand here and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/contracts/families.h"
#include "registry/contracts/globs.h"
#include "registry/contracts/sweep.h"
#include "registry/contracts/threads.h"
#include "registry/units.h"

namespace assay {

/// What bounds the gradients of a step: one of the two.
struct ClipSection {
  std::optional<double> norm;   // of all gradients together
  std::optional<double> value;  // of each number

  static void describe(Fields<ClipSection>& f);
};

/// Averaged weights beside the trained ones.
struct EmaSection {
  double decay = 0.999;
  std::int64_t every = 1;  // steps
  bool warmup = false;
  bool evaluate = true;

  static void describe(Fields<EmaSection>& f);
};

/// Parameters that are not trained, for some time or for good.
struct FreezeSection {
  Globs match;
  std::optional<Duration> until;

  static void describe(Fields<FreezeSection>& f);
};

/// What `on_divergence: rollback` does.
struct RollbackSection {
  Duration every{1, Duration::Unit::epochs};
  double lr_factor = 1;
  std::int64_t limit = 3;

  static void describe(Fields<RollbackSection>& f);
};

struct TrainSection {
  std::int64_t batch_size = 32;
  Durations until;
  bool shuffle = true;
  std::string sample = "each";  // each, with_replacement, balanced
  bool drop_last = false;
  Duration log_every{50, Duration::Unit::steps};
  std::int64_t accumulate = 1;
  std::optional<ClipSection> clip;
  std::optional<EmaSection> ema;
  std::vector<FreezeSection> freeze;
  std::string precision = "fp32";  // fp32, tf32, bf16, fp16
  bool flush_denormals = false;
  std::string memory_format = "contiguous";  // contiguous, channels_last, auto
  bool capture = false;
  std::string on_divergence = "fail";  // fail, rollback
  RollbackSection rollback;

  static void describe(Fields<TrainSection>& f);
};

struct EvaluateSection {
  Duration every{1, Duration::Unit::epochs};
  std::optional<std::string> test;  // best, last, never; without it: best if keep_best is set, else last
  std::int64_t batch_size = 256;

  static void describe(Fields<EvaluateSection>& f);
};

/// How outputs are predicted that metrics or people look at.
struct PredictSection {
  std::int64_t passes = 1;
  bool dropout = false;

  static void describe(Fields<PredictSection>& f);
};

struct CheckpointSection {
  Duration every{600, Duration::Unit::seconds};
  std::int64_t keep_last = 1;
  std::optional<std::string> keep_best;  // a metric, as "valid/accuracy"
  std::int64_t keep_best_count = 1;

  static void describe(Fields<CheckpointSection>& f);
};

/// A rule about frozen parameters, wherever the config has it.
struct FreezeRule {
  FreezeSection section;
  std::string path;        // of its `match`: "train.freeze.0.match"
  std::string until_path;  // of its `until`
};

struct Experiment {
  std::int64_t assay = 1;
  std::vector<Path> plugins;
  std::string name;
  std::vector<std::string> tags;
  std::int64_t seed = 0;
  std::string device = "auto";
  Threads threads;
  bool deterministic = true;
  Slot<Dataset> dataset;
  Slot<Model> model;
  Slot<Weights> init_from;  // empty: the model starts as it would
  Slot<Loss> loss;
  Slot<Optimizer> optimizer;
  Slot<Schedule> schedule = "constant";
  std::vector<Slot<Metric>> metrics;
  std::vector<Slot<Penalty>> penalties;
  PredictSection predict;
  TrainSection train;
  EvaluateSection evaluate;
  CheckpointSection checkpoint;
  std::vector<Slot<Observer>> observers;
  std::optional<SweepSection> sweep;  // not part of a run; for `assay sweep`
  Slot<Launcher> launcher;            // empty: the command itself does the work

  static void describe(Fields<Experiment>& f);
};

/// Those of train.freeze, then that of init_from.
std::vector<FreezeRule> freeze_rules(const Experiment& experiment);

/// The keys that only shape the text of a config and are gone once it is composed.
std::vector<std::string> composition_keys();

}  // namespace assay
