// Many Philox4x32-10 blocks at once, for masks and first weights: the numbers of core/random.h, laid out so
// that the compiler can compute several blocks in one vector.
#pragma once

#include <cstdint>
#include <span>

#include "core/random.h"

namespace assay {

/// Where a row of words comes from: the draws of (epoch, sample), from position 0 on.
struct WordSource {
  std::uint32_t epoch = 0;
  std::uint64_t sample = 0;
};

/// Fills out[rows.size()][words_per_row]: out[i][j] is word j % 4 of stream.block(rows[i].epoch,
/// rows[i].sample, j / 4), whatever the processor. words_per_row is at most 2^34. About a nanosecond a word
/// with AVX-512, two with AVX2.
void fill_words(const Stream& stream, std::span<const WordSource> rows, std::int64_t words_per_row,
                std::uint32_t* out);

}  // namespace assay
