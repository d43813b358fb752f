// The `sweep:` section of a config: what a search does with the experiment that the rest of the file is. What
// stands in `space`, `per`, `zip`, `list`, `forbid` and `enqueue` is read by runner/sweep, which knows the
// places.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry/contracts/families.h"
#include "registry/units.h"

namespace assay {

struct ObjectiveSection {
  std::string metric;
  std::optional<std::string> mode;  // min, max; without it what the metric says of itself

  static void describe(Fields<ObjectiveSection>& f);
};

struct RepeatSection {
  std::optional<std::int64_t> seeds;
  std::optional<std::int64_t> folds;
  std::string stop = "never";  // never, cannot_win
  double confidence = 0.95;

  static void describe(Fields<RepeatSection>& f);
};

struct SummarySection {
  std::vector<std::string> metrics;
  std::optional<std::string> over;
  std::string spread = "sd";  // sd, standard_error, interval

  static void describe(Fields<SummarySection>& f);
};

struct LimitSection {
  Duration time{0, Duration::Unit::seconds};

  static void describe(Fields<LimitSection>& f);
};

struct RetrySection {
  std::int64_t lost = 3;
  std::int64_t failed = 0;
  std::int64_t out_of_memory = 0;

  static void describe(Fields<RetrySection>& f);
};

/// Keys of a config with what is to stand there.
using Settings = std::map<std::string, Json>;

struct SweepSection {
  Slot<Sampler> sampler = "grid";
  Slot<Pruner> pruner;
  std::optional<ObjectiveSection> objective;
  std::optional<std::int64_t> trials;
  std::int64_t seed = 0;
  Settings space;
  Json zip;  // {key: [values], ...}, or a list of these
  std::vector<Settings> list;
  Path zip_file;
  std::vector<Settings> forbid;
  std::vector<Settings> enqueue;
  Settings per;
  std::optional<RepeatSection> repeat;
  std::optional<Settings> refit;
  std::optional<SummarySection> summary;
  std::string sync = "free";  // free, window
  std::int64_t window = 8;
  std::optional<LimitSection> limit;
  RetrySection retry;

  static void describe(Fields<SweepSection>& f);
};

}  // namespace assay
