#include "core/random.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "core/error.h"

namespace assay {

PhiloxCounter philox4x32(PhiloxCounter counter, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    if (round > 0) {
      key[0] += 0x9E3779B9U;
      key[1] += 0xBB67AE85U;
    }
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * counter[2];
    counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
               static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
  }
  return counter;
}

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

Stream::Stream(std::uint64_t seed, std::string_view purpose) {
  const std::uint64_t name = stable_hash(purpose);
  const PhiloxKey from_seed = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  const PhiloxCounter mixed =
      philox4x32({static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(name >> 32), 0, 0}, from_seed);
  key_ = {mixed[0], mixed[1]};
}

PhiloxCounter Stream::block(std::uint32_t epoch, std::uint64_t sample, std::uint32_t block) const {
  return philox4x32(
      {block, static_cast<std::uint32_t>(sample), static_cast<std::uint32_t>(sample >> 32), epoch}, key_);
}

float Stream::uniform(std::uint32_t epoch, std::uint64_t sample, std::uint64_t position) const {
  return unit_float(block(epoch, sample, static_cast<std::uint32_t>(position / 4))[position % 4]);
}

Draws Stream::at(std::uint32_t epoch, std::uint64_t sample) const { return {*this, epoch, sample}; }

Draws::Draws(const Stream& stream, std::uint32_t epoch, std::uint64_t sample)
    : stream_(stream), epoch_(epoch), sample_(sample) {}

std::uint32_t Draws::word() {
  ASSAY_ASSERT(next_ < (std::uint64_t{1} << 34));
  if (next_ % 4 == 0) block_ = stream_.block(epoch_, sample_, static_cast<std::uint32_t>(next_ / 4));
  return block_[next_++ % 4];
}

std::uint64_t Draws::word64() {
  const std::uint64_t low = word();
  return low | std::uint64_t{word()} << 32;
}

double Draws::uniform() { return static_cast<double>(word64() >> 11) * 0x1p-53; }

std::uint64_t Draws::below(std::uint64_t n) {
  ASSAY_ASSERT(n > 0);
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{word64()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = Wide{word64()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Draws::normal() {
  if (std::exchange(has_spare_, false)) return spare_;
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 - u is in (0, 1]
  const double angle = 2 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

void shuffle(std::vector<std::int64_t>& items, Draws draws) {
  for (std::size_t n = items.size(); n > 1; --n) std::swap(items[n - 1], items[draws.below(n)]);
}

}  // namespace assay
