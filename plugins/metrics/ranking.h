// How well scores put samples of a class before the others, whatever the threshold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "registry/contracts/families.h"
#include "registry/contracts/series_names.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

inline constexpr std::string_view ranking_doc =
    " Exact: it keeps the scores until the end of the interval or split, 4 bytes for each row and class. "
    "Of two classes it is about class 1; of more, about each class against the rest; of targets that are "
    "several answers, 1 for yes and 0 for no, about each. What is true of none or of all is left out; nan "
    "if nothing is left.";

inline constexpr std::string_view ranking_average_doc =
    "how several classes become one number: macro, the mean; weighted, the mean by how often each is true; "
    "none, a number for each class, named after it. Named <metric>_<average>, macro without";

inline Rule ranking_average_rule() { return in_series_name(one_of({"macro", "weighted", "none"})); }

struct AurocParams {
  std::string average = "macro";

  static void describe(Fields<AurocParams>& f) {
    f.about(
        text("Area under the receiver operating characteristic: the chance that a sample of the class has a "
             "higher score than one of another, ties counting half.",
             ranking_doc));
    f.source("sklearn.metrics.roc_auc_score with multi_class=\"ovr\"");
    f("average", &AurocParams::average, std::string(ranking_average_doc), ranking_average_rule());
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::regression}; }
  static constexpr bool is_better_high = true;
  static constexpr TargetRange target_range{0, 1};
};

struct AveragePrecisionParams {
  std::string average = "macro";

  static void describe(Fields<AveragePrecisionParams>& f) {
    f.about(
        text("Area under the curve of precision over recall, as a sum of steps: the mean over the samples of "
             "the class of the precision at their score.",
             ranking_doc));
    f.source("sklearn.metrics.average_precision_score");
    f("average", &AveragePrecisionParams::average, std::string(ranking_average_doc), ranking_average_rule());
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::regression}; }
  static constexpr bool is_better_high = true;
  static constexpr TargetRange target_range{0, 1};
};

void implement_ranking(Implementations& parts);  // ranking.cpp

}  // namespace assay::metrics
