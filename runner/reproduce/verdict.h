// Whether an experiment came to what was published: each row of expected.yaml against the trials that it is
// about.
//
//   const Verdict verdict = judge(expected, {{"experiment", results_of(study, board)}}, Judging::strict);
//   if (verdict.holds()) ...
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/reproduce/expected.h"
#include "runner/reproduce/results.h"
#include "runner/sweep/statistics.h"

namespace assay::reproduce {

/// Of our means: Student's t, over trials.
constexpr double confidence = 0.95;

enum class Judging {
  strict,
  none  // numbers are shown and nothing is said of them: they are of shorter runs
};

struct RowVerdict {
  enum class Word { holds, missed, not_judged };
  const RowSection* row = nullptr;
  std::optional<double> published;           // none for an order
  sweep::Summary ours;                       // over trials; count 0 for an order
  std::optional<sweep::Summary> difference;  // ours - published, trial by trial, where the row is paired
  std::string tolerance;                     // in words
  std::vector<std::string> misses;           // what is not kept, in words
  Word word = Word::holds;
};

struct Verdict {
  std::vector<RowVerdict> rows;

  std::int64_t n_held() const;
  /// All rows were judged and hold.
  bool holds() const { return n_held() == std::ssize(rows); }
};

std::string_view to_string(RowVerdict::Word word);
/// For people: the four digits that count.
std::string short_number(double value);

/// results: of each run by its name. Points into `expected`. Throws Kind::config, with its place, for a row
/// whose metric a trial does not have, and for one that no trial fits; with Judging::none the latter has no
/// number.
Verdict judge(const Expected& expected, const std::map<std::string, std::vector<TrialResult>>& results,
              Judging judging);

}  // namespace assay::reproduce
