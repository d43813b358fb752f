#include "registry/contracts/task.h"

#include "core/text.h"

namespace assay {

std::string_view to_string(Task::Kind kind) {
  switch (kind) {
    case Task::Kind::classification:
      return "classification";
    case Task::Kind::regression:
      return "regression";
    case Task::Kind::language_model:
      return "language_model";
    case Task::Kind::sequence:
      return "sequence";
    case Task::Kind::custom:
      return "custom";
  }
  return "custom";
}

std::string describe(const Task& task) {
  switch (task.kind) {
    case Task::Kind::classification:
      return text("classification with ", task.outputs, " classes");
    case Task::Kind::regression:
      return "regression of " + count_text(task.outputs, "value");
    case Task::Kind::language_model:
      return text("language model over ", task.outputs, " symbols");
    case Task::Kind::sequence:
      return "sequence to " + count_text(task.outputs, "value");
    case Task::Kind::custom:
      return "custom task with " + count_text(task.outputs, "output");
  }
  return {};
}

TaskDefaults defaults_of(Task::Kind kind) {
  switch (kind) {
    case Task::Kind::classification:
      return {"cross_entropy", {"accuracy"}};
    case Task::Kind::language_model:
      return {"cross_entropy", {}};
    case Task::Kind::regression:
      return {"mse", {"rmse"}};
    case Task::Kind::sequence:
      return {"mse", {}};
    case Task::Kind::custom:
      return {};
  }
  return {};
}

}  // namespace assay
