// The loss of classification and of language models.
#pragma once

#include <vector>

#include "core/text.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::losses {

struct CrossEntropyParams {
  double label_smoothing = 0.0;
  std::vector<double> class_weights;

  static void describe(Fields<CrossEntropyParams>& f) {
    f.about(
        "Minus the log of the probability that softmax(scores) gives to the true class, in nats; of "
        "sequences "
        "the mean over all their places.");
    f("label_smoothing", &CrossEntropyParams::label_smoothing,
      "part of the truth that is spread over all classes", probability);
    f("class_weights", &CrossEntropyParams::class_weights,
      "a weight for each class; the mean is over the weights of the samples. Without them, all count the "
      "same",
      each(non_negative()));
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }

  std::vector<Misfit> misfits(const Task& task) const {
    if (class_weights.empty() || std::ssize(class_weights) == task.outputs) return {};
    return {{"class_weights",
             text("has ", count_text(std::ssize(class_weights), "weight"), ", but the task is ",
                  assay::describe(task)),
             text("give ", count_text(task.outputs, "weight"),
                  ", one for each class in the order of its number")}};
  }
};

void implement_cross_entropy(Implementations& parts);  // cross_entropy.cpp

}  // namespace assay::losses
