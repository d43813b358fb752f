// How surprising a text is to a language model.
#pragma once

#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct PerplexityParams {
  static void describe(Fields<PerplexityParams>& f) {
    f.about(
        "e to the mean cross entropy per token, in nats: as surprised as by so many tokens of equal chance. "
        "Without the weights and the smoothing of a loss.");
    f.source("Jelinek et al. 1977, Perplexity: a measure of the difficulty of speech recognition tasks");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::language_model, Task::Kind::classification}; }
};

struct BitsPerCharacterParams {
  static void describe(Fields<BitsPerCharacterParams>& f) {
    f.about(
        "Mean cross entropy per token in bits: per character where tokens are characters. Without the "
        "weights "
        "and the smoothing of a loss.");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::language_model, Task::Kind::classification}; }
};

void implement_surprise(Implementations& parts);  // surprise.cpp

}  // namespace assay::metrics
