// What is counted class by class: how often each was there, was predicted, and was both.
#pragma once

#include <cstdint>
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

inline constexpr std::string_view average_doc =
    "how classes become one number: macro, the mean over the classes that occur in targets or predictions; "
    "micro, of all counts together; weighted, the mean by how often each class is true; none, a number for "
    "each class, named after it. Named <metric>_<average>, macro without";

inline constexpr std::string_view multi_label_doc =
    " Of targets that are several answers, 1 for yes and 0 for no, each is a class of its own, and a "
    "prediction above 0.5 is a yes.";

/// Of several yes-or-no answers for each sample (multi-label), which are values to a task, each is a class.
inline std::vector<Task::Kind> tasks_of_counts() {
  return {Task::Kind::classification, Task::Kind::language_model, Task::Kind::regression};
}

inline Rule average_rule() { return in_series_name(one_of({"macro", "micro", "weighted", "none"})); }

struct PrecisionParams {
  std::string average = "macro";

  static void describe(Fields<PrecisionParams>& f) {
    f.about(
        "Of the samples that were given a class, the share that is of it, from 0 to 1; 0 for a class that "
        "was never given.");
    f.source("sklearn.metrics.precision_score");
    f("average", &PrecisionParams::average, std::string(average_doc), average_rule());
  }

  static std::vector<Task::Kind> tasks() { return tasks_of_counts(); }
  static constexpr bool is_better_high = true;
  static constexpr TargetRange target_range{0, 1};
};

struct RecallParams {
  std::string average = "macro";

  static void describe(Fields<RecallParams>& f) {
    f.about(
        "Of the samples of a class, the share that was given it, from 0 to 1; 0 for a class without "
        "samples.");
    f.source("sklearn.metrics.recall_score");
    f("average", &RecallParams::average, std::string(average_doc), average_rule());
  }

  static std::vector<Task::Kind> tasks() { return tasks_of_counts(); }
  static constexpr bool is_better_high = true;
  static constexpr TargetRange target_range{0, 1};
};

struct F1Params {
  std::string average = "macro";

  static void describe(Fields<F1Params>& f) {
    f.about(text("Harmonic mean of precision and recall, from 0 to 1, class by class.", multi_label_doc));
    f.source("sklearn.metrics.f1_score");
    f("average", &F1Params::average, std::string(average_doc), average_rule());
  }

  static std::vector<Task::Kind> tasks() { return tasks_of_counts(); }
  static constexpr bool is_better_high = true;
  static constexpr TargetRange target_range{0, 1};
};

struct ConfusionMatrixParams {
  static constexpr std::int64_t most_classes = 4096;  // 128 MiB of counts

  static void describe(Fields<ConfusionMatrixParams>& f) {
    f.about(
        "How often each class was taken for each: an array [true class, predicted class] of counts for "
        "every evaluation, not a number to compare.");
    f.source("sklearn.metrics.confusion_matrix");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }

  std::vector<Misfit> misfits(const Task& task) const {
    if (task.outputs <= most_classes) return {};
    return {{"", text("keeps a count for each pair of classes, but the task is ", assay::describe(task)),
             text("remove it: it is for at most ", most_classes, " classes")}};
  }
};

void implement_counts(Implementations& parts);  // counts.cpp

}  // namespace assay::metrics
