#include "registry/contracts/tensor/philox_lanes.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "registry/contracts/tensor/vector_clones.h"

namespace assay {

namespace {

constexpr std::size_t lanes = 16;  // blocks computed together: one AVX-512 register of words

struct Blocks {
  alignas(64) std::array<std::array<std::uint32_t, lanes>,
                         4> words{};  // [word][block]: counters in, random words out
};

/// The rounds of philox4x32 (core/random.cpp) on all lanes. The loop over lanes is the outer one, its body
/// straight: the form that GCC turns into vector code.
ASSAY_VECTOR_CLONES void run_rounds(Blocks& blocks, std::uint32_t key_low, std::uint32_t key_high) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    std::uint32_t c0 = blocks.words[0][lane];
    std::uint32_t c1 = blocks.words[1][lane];
    std::uint32_t c2 = blocks.words[2][lane];
    std::uint32_t c3 = blocks.words[3][lane];
    std::uint32_t k0 = key_low;
    std::uint32_t k1 = key_high;
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c0;
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c2;
      c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
      c1 = static_cast<std::uint32_t>(p1);
      c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
      c3 = static_cast<std::uint32_t>(p0);
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    blocks.words[0][lane] = c0;
    blocks.words[1][lane] = c1;
    blocks.words[2][lane] = c2;
    blocks.words[3][lane] = c3;
  }
}

/// The counters of one block: {block, sample low, sample high, epoch}.
void set_counter(Blocks& blocks, std::size_t lane, std::uint32_t block, const WordSource& source) {
  blocks.words[0][lane] = block;
  blocks.words[1][lane] = static_cast<std::uint32_t>(source.sample);
  blocks.words[2][lane] = static_cast<std::uint32_t>(source.sample >> 32);
  blocks.words[3][lane] = source.epoch;
}

/// Blocks are numbered row by row, so that short rows (ten units) fill the lanes as well as long ones.
struct Position {
  std::size_t row = 0;
  std::int64_t block = 0;

  void advance(std::int64_t blocks_per_row) {
    if (++block == blocks_per_row) {
      block = 0;
      ++row;
    }
  }
};

}  // namespace

void fill_words(const Stream& stream, std::span<const WordSource> rows, std::int64_t words_per_row,
                std::uint32_t* out) {
  ASSAY_ASSERT(words_per_row <= (std::int64_t{1} << 34));
  const std::int64_t blocks_per_row = (words_per_row + 3) / 4;
  const PhiloxKey key = stream.key();
  Blocks blocks;
  Position next;
  while (blocks_per_row > 0 && next.row < rows.size()) {
    const Position first = next;
    std::size_t used = 0;
    for (; used < lanes && next.row < rows.size(); ++used) {
      set_counter(blocks, used, static_cast<std::uint32_t>(next.block), rows[next.row]);
      next.advance(blocks_per_row);
    }
    run_rounds(blocks, key[0], key[1]);
    Position at = first;
    for (std::size_t lane = 0; lane < used; ++lane) {
      const std::int64_t column = at.block * 4;
      const std::int64_t width = std::min<std::int64_t>(4, words_per_row - column);
      std::uint32_t* const to = out + static_cast<std::int64_t>(at.row) * words_per_row + column;
      for (std::int64_t word = 0; word < width; ++word)
        to[word] = blocks.words[static_cast<std::size_t>(word)][lane];
      at.advance(blocks_per_row);
    }
  }
}

}  // namespace assay
