#include "core/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

namespace assay {
namespace {

// Known answers of Random123 1.09, file kat_vectors, rows "philox4x32 10".
TEST(Philox, GivesThePublishedVectors) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Stream, IsAPureFunctionOfItsFiveKeys) {
  const Stream stream(7, "dropout/layers.1");
  const auto reference = stream.block(3, 1000, 5);

  EXPECT_EQ(Stream(7, "dropout/layers.1").block(3, 1000, 5), reference);
  EXPECT_NE(Stream(8, "dropout/layers.1").block(3, 1000, 5), reference);
  EXPECT_NE(Stream(7, "dropout/layers.2").block(3, 1000, 5), reference);
  EXPECT_NE(stream.block(4, 1000, 5), reference);
  EXPECT_NE(stream.block(3, 1001, 5), reference);
  EXPECT_NE(stream.block(3, 1000, 6), reference);
}

// These numbers are part of every recorded run: a change here changes all results.
TEST(Stream, KeepsItsNumbersAcrossVersions) {
  EXPECT_EQ(stable_hash("shuffle"), 0x477c62bf680bf6aeU) << "FNV-1a";
  EXPECT_EQ(Stream(7, "shuffle").key(), (PhiloxKey{0x8a0dca6U, 0xdeebee9aU}));
}

TEST(Stream, SeparatesSamplesAboveThirtyTwoBits) {
  const Stream stream(1, "x");

  EXPECT_NE(stream.block(0, 1, 0), stream.block(0, (std::uint64_t{1} << 32) + 1, 0));
}

TEST(Stream, UniformsAgreeWithTheBlocksTheyComeFrom) {
  const Stream stream(1, "x");
  for (std::uint64_t position = 0; position < 40; ++position) {
    const auto word = stream.block(2, 9, static_cast<std::uint32_t>(position / 4))[position % 4];

    EXPECT_EQ(stream.uniform(2, 9, position), unit_float(word));
  }
}

// Pearson's chi-square over equal bins, as a z-score (Wilson-Hilferty). Seeds are fixed, so this cannot
// flicker.
double chi_square_z(const std::vector<double>& counts) {
  const double expected =
      std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  const double freedom = static_cast<double>(counts.size()) - 1;
  return (std::cbrt(sum / freedom) - (1 - 2 / (9 * freedom))) / std::sqrt(2 / (9 * freedom));
}

TEST(Generator, FillsBinsEvenlyAlongEveryCounter) {
  const Stream stream(42, "test");
  const auto z_along = [&](auto word_at) {
    std::vector<double> counts(256, 0);
    for (std::uint32_t i = 0; i < 262'144; ++i) counts[word_at(i) >> 24] += 1;
    return chi_square_z(counts);
  };

  EXPECT_LT(std::abs(z_along([&](std::uint32_t i) { return stream.block(0, 0, i)[0]; })), 4);
  EXPECT_LT(std::abs(z_along([&](std::uint32_t i) { return stream.block(0, i, 0)[1]; })), 4);
  EXPECT_LT(std::abs(z_along([&](std::uint32_t i) { return stream.block(i, 0, 0)[2]; })), 4);
  EXPECT_LT(std::abs(z_along([&](std::uint32_t i) { return Stream(i, "test").block(0, 0, 0)[3]; })), 4);
}

TEST(Generator, PairsOfNeighboursAreIndependent) {
  const Stream stream(42, "test");
  std::vector<double> counts(64 * 64, 0);
  for (std::uint32_t i = 0; i < 262'144; ++i) {
    const auto here = stream.block(0, i, 0)[0], next = stream.block(0, i + 1, 0)[0];
    counts[(here >> 26) * 64 + (next >> 26)] += 1;
  }

  EXPECT_LT(std::abs(chi_square_z(counts)), 4);
}

TEST(Generator, OneFlippedBitOfAnyKeyFlipsHalfOfTheOutput) {
  const auto flips = [](PhiloxCounter a, PhiloxCounter b) {
    int count = 0;
    for (std::size_t i = 0; i < 4; ++i) count += std::popcount(a[i] ^ b[i]);
    return count;
  };
  double total = 0;
  constexpr int trials = 192;
  for (int bit = 0; bit < trials; ++bit) {
    PhiloxCounter counter{1, 2, 3, 4};
    PhiloxKey key{5, 6};
    const auto reference = philox4x32(counter, key);
    const auto index = static_cast<std::size_t>(bit / 32);
    if (index < 4)
      counter[index] ^= 1U << (bit % 32);
    else
      key[index - 4] ^= 1U << (bit % 32);
    const int flipped = flips(reference, philox4x32(counter, key));

    EXPECT_GT(flipped, 30);
    EXPECT_LT(flipped, 98);
    total += flipped;
  }
  EXPECT_NEAR(total / trials, 64, 2);
}

TEST(Draws, UniformHasTheMeanAndVarianceOfItsRange) {
  Draws draws = Stream(1, "u").at(0, 0);
  double sum = 0, squares = 0;
  constexpr int n = 100'000;
  for (int i = 0; i < n; ++i) {
    const double u = draws.uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += u * u;
  }

  EXPECT_NEAR(sum / n, 0.5, 4 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / n));
}

TEST(Draws, NormalHasTheMomentsOfAStandardNormal) {
  Draws draws = Stream(1, "n").at(0, 0);
  double sum = 0, squares = 0, fourth = 0;
  constexpr int n = 200'000;
  for (int i = 0; i < n; ++i) {
    const double x = draws.normal();
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }

  EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 4 * std::sqrt(2.0 / n));
  EXPECT_NEAR(fourth / n, 3, 4 * std::sqrt(96.0 / n));
}

TEST(Draws, BelowIsEvenForARangeThatDoesNotDivideTheWord) {
  Draws draws = Stream(3, "b").at(0, 0);
  std::vector<double> counts(7, 0);
  for (int i = 0; i < 70'000; ++i) counts.at(draws.below(7)) += 1;

  EXPECT_LT(std::abs(chi_square_z(counts)), 4);
}

TEST(Shuffle, IsAPermutationAndDependsOnTheEpoch) {
  std::vector<std::int64_t> first(100), second(100);
  std::iota(first.begin(), first.end(), 0);
  second = first;
  const Stream stream(7, "shuffle");

  shuffle(first, stream.at(0, 0));
  shuffle(second, stream.at(1, 0));

  EXPECT_NE(first, second);
  EXPECT_EQ(std::set<std::int64_t>(first.begin(), first.end()).size(), 100U);
}

TEST(Shuffle, MakesEveryOrderOfThreeEquallyOften) {
  std::map<std::vector<std::int64_t>, double> orders;
  const Stream stream(7, "shuffle");
  for (std::uint32_t epoch = 0; epoch < 60'000; ++epoch) {
    std::vector<std::int64_t> items{0, 1, 2};
    shuffle(items, stream.at(epoch, 0));
    orders[items] += 1;
  }
  ASSERT_EQ(orders.size(), 6U);
  std::vector<double> counts;
  for (const auto& [order, count] : orders) counts.push_back(count);

  EXPECT_LT(std::abs(chi_square_z(counts)), 4);
}

}  // namespace
}  // namespace assay
