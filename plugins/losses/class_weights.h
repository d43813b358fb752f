// The weights of classes, a parameter that several losses have.
#pragma once

#include <string>
#include <vector>

#include "core/text.h"
#include "registry/contracts/families.h"

namespace assay::losses {

/// `balanced`, or a list with a weight for each class; an empty list: no weights.
inline Rule class_weights_rule() {
  const auto holds = [](const Json& value) {
    if (value.is_text()) return value.text() == "balanced";
    if (!value.is_list()) return false;
    for (const Json& weight : value.items()) {
      if (!weight.is_number() || !(weight.real() >= 0)) return false;
    }
    return true;
  };
  const Json::Map weight{{"type", "number"}, {"minimum", 0}};
  const Json::List choices{Json::Map{{"const", "balanced"}}, Json::Map{{"type", "array"}, {"items", weight}}};
  return {"`balanced` or a list of numbers of at least 0", holds, Json::Map{{"anyOf", choices}}};
}

inline std::string class_weights_doc() {
  return "a weight for each class; the mean is over the weights of the samples. `balanced`: rows / (classes "
         "* rows of the class), counted in train. Without them, all count the same";
}

inline std::vector<Misfit> misfits_of(const Json& class_weights, const Task& task) {
  if (class_weights.is_text()) {
    if (task.kind == Task::Kind::classification) return {};
    return {{"class_weights", text("is balanced, but the task is ", assay::describe(task)),
             "give the weights as a list, or remove them: only rows of classes are counted"}};
  }
  const std::int64_t count = std::ssize(class_weights.items());
  if (count == 0 || count == task.outputs) return {};
  return {
      {"class_weights",
       text("has ", count_text(count, "weight"), ", but the task is ", assay::describe(task)),
       text("give ", count_text(task.outputs, "weight"), ", one for each class in the order of its number")}};
}

/// One for each class; empty: no weights. A class without a row in train gets 0.
/// Source: King and Zeng 2001, sec. 4.3, as scikit-learn's class_weight="balanced".
inline std::vector<double> weights_of(const Json& class_weights, const Task& task) {
  std::vector<double> out;
  if (class_weights.is_list()) {
    for (const Json& weight : class_weights.items()) out.push_back(weight.real());
    return out;
  }
  double rows = 0;
  for (const std::int64_t count : task.class_counts) rows += static_cast<double>(count);
  const auto classes = static_cast<double>(task.class_counts.size());
  for (const std::int64_t count : task.class_counts) {
    out.push_back(count == 0 ? 0 : rows / (classes * static_cast<double>(count)));
  }
  return out;
}

}  // namespace assay::losses
