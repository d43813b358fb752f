// How surprising a text is to a language model.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct PerplexityParams {
  std::optional<std::int64_t> ignore_index;

  static void describe(Fields<PerplexityParams>& f) {
    f.about(
        "e to the mean cross entropy per token, in nats: as surprised as by so many tokens of equal "
        "chance. Without the weights and the smoothing of a loss.");
    f.source("Jelinek et al. 1977, Perplexity: a measure of the difficulty of speech recognition tasks");
    f("ignore_index", &PerplexityParams::ignore_index,
      "a token that marks places which do not count, as padding");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::language_model, Task::Kind::classification}; }
};

struct BitsPerCharacterParams {
  std::optional<std::int64_t> ignore_index;

  static void describe(Fields<BitsPerCharacterParams>& f) {
    f.about(
        "Mean cross entropy per token in bits: per character where tokens are characters. Without the "
        "weights and the smoothing of a loss.");
    f.source("Graves 2013, Generating sequences with recurrent neural networks, arXiv 1308.0850, sec. 2.1");
    f("ignore_index", &BitsPerCharacterParams::ignore_index,
      "a token that marks places which do not count, as padding");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::language_model, Task::Kind::classification}; }
};

void implement_surprise(Implementations& parts);  // surprise.cpp

}  // namespace assay::metrics
