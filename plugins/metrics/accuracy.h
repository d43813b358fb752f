// The share of samples whose class was found.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/text.h"
#include "registry/contracts/families.h"
#include "registry/contracts/series_names.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct AccuracyParams {
  std::optional<std::int64_t> ignore_index;

  static void describe(Fields<AccuracyParams>& f) {
    f.about(
        "The share of samples, or of places in sequences, whose highest score is that of the true class, "
        "from 0 to 1. Of equal scores the first wins.");
    f.source("sklearn.metrics.accuracy_score");
    f("ignore_index", &AccuracyParams::ignore_index,
      "a class number that marks places which do not count, as padding");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }
  static constexpr bool is_better_high = true;
};

struct TopKParams {
  std::int64_t k = 2;
  std::optional<std::int64_t> ignore_index;

  static void describe(Fields<TopKParams>& f) {
    f.about(
        "The share of samples, or of places in sequences, whose true class is among the `k` of the "
        "highest scores, from 0 to 1; given as `top_k_<k>`. Of equal scores the first wins.");
    f.source("sklearn.metrics.top_k_accuracy_score");
    f("k", &TopKParams::k, "how many classes are looked at", in_series_name(at_least(1)));
    f("ignore_index", &TopKParams::ignore_index,
      "a class number that marks places which do not count, as padding");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }
  static constexpr bool is_better_high = true;

  std::vector<Misfit> misfits(const Task& task) const {
    if (k < task.outputs) return {};
    return {{"k", text("is ", k, ", but the task is ", assay::describe(task), ": nothing could be missed"),
             text("give at most ", task.outputs - 1)}};
  }
};

void implement_accuracy(Implementations& parts);  // accuracy.cpp

}  // namespace assay::metrics
