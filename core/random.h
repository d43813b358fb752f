// Counter-based random numbers. Every draw is a pure function of (seed, purpose, epoch, sample, position), so
// results do not depend on threads, loader workers, processes, batch sizes or interruptions.
//
//   const Stream shuffle(seed, "shuffle");
//   Draws draws = shuffle.at(epoch, 0);
//   draws.below(10), draws.uniform(), draws.normal()
//
// Generator: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"); its published
// vectors are tests. The key comes from seed and purpose; the counter is {block, sample low, sample high,
// epoch}.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace assay {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Ten rounds of Philox4x32.
PhiloxCounter philox4x32(PhiloxCounter counter, PhiloxKey key);

/// FNV-1a, 64 bits: a stable hash of names.
std::uint64_t stable_hash(std::string_view text);

class Draws;

class Stream {
 public:
  Stream() = default;
  Stream(std::uint64_t seed, std::string_view purpose);

  PhiloxKey key() const { return key_; }
  /// Four 32-bit words: block b holds positions 4b to 4b+3.
  PhiloxCounter block(std::uint32_t epoch, std::uint64_t sample, std::uint32_t block) const;
  /// Uniform in [0, 1) with 24 bits, exactly representable as float. position < 2^34.
  float uniform(std::uint32_t epoch, std::uint64_t sample, std::uint64_t position) const;
  /// A cursor that starts at position 0 of (epoch, sample).
  Draws at(std::uint32_t epoch, std::uint64_t sample) const;

 private:
  PhiloxKey key_{};
};

/// The 24-bit uniform in [0, 1) that a word stands for.
inline float unit_float(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24F; }

/// Successive draws from one (epoch, sample) of a stream. Throws Kind::internal after 2^34 words.
class Draws {
 public:
  Draws(const Stream& stream, std::uint32_t epoch, std::uint64_t sample);

  std::uint32_t word();
  std::uint64_t word64();
  /// [0, 1), 53 bits.
  double uniform();
  /// [0, n), without bias (Lemire 2019). n > 0.
  std::uint64_t below(std::uint64_t n);
  /// Standard normal (Box-Muller).
  double normal();

 private:
  Stream stream_;
  std::uint32_t epoch_;
  std::uint64_t sample_;
  std::uint64_t next_ = 0;  // position of the next word
  PhiloxCounter block_{};
  double spare_ = 0;
  bool has_spare_ = false;
};

/// Fisher-Yates: every order of the items is equally likely.
void shuffle(std::vector<std::int64_t>& items, Draws draws);

}  // namespace assay
