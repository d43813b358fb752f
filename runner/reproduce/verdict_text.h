// A verdict as files: Markdown for people, JSON for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "runner/reproduce/verdict.h"

namespace assay::reproduce {

/// What was run for it.
struct RunDone {
  std::string name;
  std::string folder;  // of the study, absolute
  std::int64_t n_trials = 0;
  double seconds = 0;  // of all its trials together, as if one after the other
};

/// Beyond the rows.
struct VerdictFacts {
  std::vector<RunDone> runs;
  std::string program;  // "assay 0.1.0 (2852a9946262), LibTorch 2.13.0"
  std::string machine;  // "AMD EPYC 7B13"
  std::string command;  // that gives it again
};

/// "reproduced", "not reproduced", or "not judged".
std::string verdict_word(const Verdict& verdict, Judging judging);

/// The published value with its spread, as `2.904 +- 0.1768 (standard error)`; empty if there is none.
std::string published_text(const RowVerdict& row);
/// `2.51 to 3.23`; empty below two trials.
std::string interval_text(const sweep::Summary& summary);

std::string to_markdown(const Expected& expected, const Verdict& verdict, Judging judging,
                        const VerdictFacts& facts);
Json to_json(const Expected& expected, const Verdict& verdict, Judging judging, const VerdictFacts& facts);

}  // namespace assay::reproduce
