// Rows to look at, with what the model says of them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/array.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct SamplesParams {
  std::int64_t worst = 16;
  std::int64_t drawn = 16;

  static void describe(Fields<SamplesParams>& f) {
    f.about(
        "Rows to look at: of every evaluation those that cost most, and some drawn by their numbers, the "
        "same each time. Arrays `samples_worst` and `samples_drawn` [rows, 5]: row, its class, the predicted "
        "one, and the probabilities of the predicted and of its own; where rows are images, these too, at "
        "most 64 pixels wide. `assay report` shows them.");
    f.source("assay: docs/formats/run.md");
    f("worst", &SamplesParams::worst, "rows with the highest cross entropy", at_least(0) && at_most(most));
    f("drawn", &SamplesParams::drawn, "rows drawn at random", at_least(0) && at_most(most));
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification}; }

 private:
  static constexpr std::int64_t most = 256;  // of them each evaluation keeps an image in the record
};

/// rows: [n, channels, height, width] with 1 or 3 channels, of any dtype. Returns u8 [n, height, width,
/// channels]: bytes as they are, other numbers from the least (0) to the greatest (255) of all; images wider
/// or higher than 64 pixels are made smaller by a whole factor, each pixel the mean of those it stands for.
/// Nothing where rows are no images.
std::optional<Array> thumbnails(const ArrayView& rows);

void implement_samples(Implementations& parts);  // samples.cpp

}  // namespace assay::metrics
