// The losses of classification and of language models that look at probabilities.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plugins/losses/class_weights.h"

namespace assay {
class Implementations;
}

namespace assay::losses {

struct CrossEntropyParams {
  double label_smoothing = 0.0;
  Json class_weights = Json::list();
  std::optional<std::int64_t> ignore_index;

  static void describe(Fields<CrossEntropyParams>& f) {
    f.about(
        "Minus the log of the probability that softmax(scores) gives to the true class, in nats; of "
        "sequences the mean over all their places.");
    f.source("torch.nn.CrossEntropyLoss");
    f("label_smoothing", &CrossEntropyParams::label_smoothing,
      "part of the truth that is spread over all classes", probability);
    f("class_weights", &CrossEntropyParams::class_weights, class_weights_doc(), class_weights_rule());
    f("ignore_index", &CrossEntropyParams::ignore_index,
      "a class number that marks places which do not count, as padding");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }

  std::vector<Misfit> misfits(const Task& task) const { return misfits_of(class_weights, task); }
};

struct FocalParams {
  double gamma = 2.0;
  Json class_weights = Json::list();

  static void describe(Fields<FocalParams>& f) {
    f.about(
        "Cross entropy in which what is already found counts less: each term is multiplied by (1 - "
        "p)^gamma, p the probability of the true class. Without weights the mean over all samples; "
        "`class_weights` are the paper's alpha, here over the sum of the weights, so that gamma 0 is "
        "`cross_entropy`.");
    f.source("Lin et al. 2017, Focal loss for dense object detection, arXiv 1708.02002, eq. 5");
    f("gamma", &FocalParams::gamma, "how much less", non_negative);
    f("class_weights", &FocalParams::class_weights, class_weights_doc(), class_weights_rule());
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }

  std::vector<Misfit> misfits(const Task& task) const { return misfits_of(class_weights, task); }
};

void implement_cross_entropy(Implementations& parts);  // cross_entropy.cpp

}  // namespace assay::losses
