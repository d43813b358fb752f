// expected.yaml: what a published experiment has to come to. It stands beside the experiment's config and
// says which runs belong to it, which numbers were published, and how far ours may be from them.
//
//   const Expected expected = read_expected("experiments/libtorch-mnist");
//   for (const RunSection& run : expected.runs) ...
//   for (const RowSection& row : expected.rows) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/value.h"
#include "core/where.h"
#include "registry/contracts/sweep.h"
#include "registry/fields.h"

namespace assay::reproduce {

/// A config of the experiment, with values of its own.
struct RunSection {
  std::string name;
  Path config;  // after read_expected always set
  Settings set;

  static void describe(Fields<RunSection>& f);
};

/// How far the published values of a row lie apart, as they were published.
struct SpreadSection {
  std::optional<double> sd;
  std::optional<double> standard_error;

  static void describe(Fields<SpreadSection>& f);
};

/// What a row has to keep: all that is written.
struct ToleranceSection {
  std::optional<double> absolute;
  std::optional<Share> relative;
  std::optional<std::vector<double>> between;
  std::optional<double> sds;
  std::optional<double> standard_errors;

  bool is_empty() const { return !absolute && !relative && !between && !sds && !standard_errors; }
  static void describe(Fields<ToleranceSection>& f);
};

/// A published number, or an order of the numbers of other rows.
struct RowSection {
  std::string name;
  std::string run;  // after read_expected that of a run, but for an order
  std::string metric;
  Settings of;
  std::optional<double> value;
  SpreadSection spread;
  Path paired_with;
  ToleranceSection tolerance;
  std::vector<std::string> order;
  std::string reason;

  bool is_order() const { return !order.empty(); }
  static void describe(Fields<RowSection>& f);
};

struct ExpectedSection {
  std::int64_t expected = 1;
  std::string title;
  std::string source;
  std::vector<RunSection> runs;
  std::vector<RowSection> rows;
  Settings quick;

  static void describe(Fields<ExpectedSection>& f);
};

/// Published values of single trials: a map for each, of metrics (which have a slash in their names) to
/// numbers and of keys of the config to what these trials have there.
using PublishedTrials = std::vector<Value>;

struct Expected : ExpectedSection {
  std::string name;                     // of the folder
  std::string folder;                   // absolute
  std::vector<Where> where;             // of each row
  std::vector<PublishedTrials> paired;  // of each row; empty without `paired_with`
};

bool is_experiment(const std::string& folder);

/// Throws Kind::config with every problem, each with its place; Kind::data if a file cannot be read.
Expected read_expected(const std::string& folder);

}  // namespace assay::reproduce
