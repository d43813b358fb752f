// What a data set asks a model to do. The task ties data, outputs, loss and metrics together: it decides how
// many outputs a model has, which losses and metrics make sense, and what they are when a config is silent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct Task {
  enum class Kind { classification, regression, language_model, sequence, custom };

  Kind kind = Kind::custom;
  std::int64_t outputs = 0;          // classes, target values or vocabulary; 0 until the data was seen
  std::vector<std::string> classes;  // names, for classification; empty if they are just numbers
  std::vector<std::int64_t> class_counts = {};  // training rows of each class; empty until the data was seen
};

std::string_view to_string(Task::Kind kind);  // "classification"
/// "classification with 10 classes", "regression of 1 value"
std::string describe(const Task& task);

struct TaskDefaults {
  std::string loss;  // empty: the config must say
  std::vector<std::string> metrics;
};
TaskDefaults defaults_of(Task::Kind kind);

}  // namespace assay
