#include "registry/contracts/tensor/random_ops.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/dropout.h"
#include "registry/contracts/tensor/philox_lanes.h"

namespace assay {
namespace {

const Stream stream(11, "dropout/layers.0");

std::vector<std::int64_t> ids_from(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> ids(static_cast<std::size_t>(count));
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}

Context training(const std::vector<std::int64_t>& ids, std::uint32_t draw = 3) {
  Context context;
  context.is_training = true;
  context.draw = draw;
  context.ids = &ids;
  return context;
}

TEST(PhiloxLanes, GiveTheWordsOfTheScalarStream) {
  const std::vector<WordSource> rows{
      {0, 0}, {3, 5}, {4294967295U, 18446744073709551615U}, {1, std::uint64_t{1} << 40}};
  for (const std::int64_t width : {1, 3, 4, 5, 64, 127, 130}) {
    std::vector<std::uint32_t> words(rows.size() * static_cast<std::size_t>(width));
    fill_words(stream, rows, width, words.data());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::int64_t j = 0; j < width; ++j) {
        const auto block = stream.block(rows[i].epoch, rows[i].sample, static_cast<std::uint32_t>(j / 4));
        ASSERT_EQ(words[i * static_cast<std::size_t>(width) + static_cast<std::size_t>(j)],
                  block[static_cast<std::size_t>(j % 4)])
            << "width " << width << ", row " << i << ", word " << j;
      }
    }
  }
}

TEST(Dropout, KeepsExactlyWhatTheStreamSays) {
  const std::vector<std::int64_t> ids{7, 1, 123456789012};
  const Context context = training(ids);
  for (const double p : {0.1, 0.25, 0.5, 0.9, 0.3333333333333333}) {
    const at::Tensor out = dropout(at::ones({3, 37}), p, stream, context);
    const auto kept = static_cast<float>(1.0 / (1.0 - p));
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < 37; ++j) {
        const auto sample = static_cast<std::uint64_t>(ids[static_cast<std::size_t>(i)]);
        const bool is_kept =
            static_cast<double>(stream.uniform(3, sample, static_cast<std::uint64_t>(j))) >= p;
        ASSERT_EQ(out[i][j].item<float>(), is_kept ? kept : 0.0F)
            << "p " << p << ", row " << i << ", element " << j;
      }
    }
  }
}

TEST(Dropout, IsTheSameHoweverTheBatchIsSplit) {
  const std::vector<std::int64_t> all = ids_from(100, 70);
  const at::Tensor x = at::arange(70 * 50, at::kFloat).reshape({70, 50});
  const at::Tensor whole = dropout(x, 0.4, stream, training(all));

  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < 70; first += 16) {
    const std::int64_t count = std::min<std::int64_t>(16, 70 - first);
    const std::vector<std::int64_t> ids = ids_from(100 + first, count);
    parts.push_back(dropout(x.narrow(0, first, count), 0.4, stream, training(ids)));
  }

  EXPECT_TRUE(at::cat(parts).equal(whole));
}

TEST(Dropout, IsTheSameForAnyNumberOfThreads) {
  const std::vector<std::int64_t> ids = ids_from(0, 600);
  const at::Tensor x = at::ones({600, 200});
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor alone = dropout(x, 0.5, stream, training(ids));
  at::set_num_threads(2);
  const at::Tensor shared = dropout(x, 0.5, stream, training(ids));
  at::set_num_threads(threads);

  EXPECT_TRUE(alone.equal(shared));
}

TEST(Dropout, AnotherDrawIsAnotherMask) {
  const std::vector<std::int64_t> ids = ids_from(0, 4);
  const at::Tensor x = at::ones({4, 100});
  EXPECT_FALSE(dropout(x, 0.5, stream, training(ids, 0)).equal(dropout(x, 0.5, stream, training(ids, 1))));
}

TEST(Dropout, KeepsTheMean) {
  const std::vector<std::int64_t> ids = ids_from(0, 1000);
  const double p = 0.3;
  const double mean = dropout(at::ones({1000, 1000}), p, stream, training(ids)).mean().item<double>();

  const double deviation = std::sqrt(p / (1 - p) / 1e6);
  EXPECT_NEAR(mean, 1.0, 4 * deviation);
}

TEST(Dropout, TheGradientGoesWhereTheSignalWent) {
  const std::vector<std::int64_t> ids = ids_from(0, 5);
  const at::Tensor x = at::ones({5, 20}).requires_grad_(true);
  const at::Tensor out = dropout(x, 0.5, stream, training(ids));
  out.sum().backward();

  EXPECT_TRUE(x.grad().equal(out.detach()));  // d sum / dx is the mask, and out is the mask times one
}

TEST(Dropout, IsTheIdentityInEvaluation) {
  const std::vector<std::int64_t> ids = ids_from(0, 2);
  Context context = training(ids);
  context.is_training = false;
  const at::Tensor x = at::ones({2, 3});
  EXPECT_TRUE(dropout(x, 0.9, stream, context).is_same(x));

  context.draws_in_evaluation = true;
  EXPECT_FALSE(dropout(x, 0.9, stream, context).equal(x));
}

TEST(Dropout, OfChannelsDropsThemWhole) {
  const std::vector<std::int64_t> ids = ids_from(0, 8);
  const at::Tensor out = channel_dropout(at::ones({8, 16, 3, 3}), 0.5, stream, training(ids));

  const at::Tensor sums = out.sum({2, 3});
  EXPECT_TRUE(((sums == 0) | (sums == 18)).all().item<bool>());
  EXPECT_GT((sums == 0).sum().item<std::int64_t>(), 0);
}

TEST(DropoutModule, DrawsFromAStreamOfItsPath) {
  const std::vector<std::int64_t> ids = ids_from(0, 3);
  Context context = training(ids);
  context.seed = 11;
  Dropout module(0.5);
  module.name_tree("layers.0");

  const at::Tensor x = at::ones({3, 50});
  EXPECT_TRUE(module(x, context).equal(dropout(x, 0.5, stream, context)));

  module.name_tree("layers.1");
  EXPECT_FALSE(module(x, context).equal(dropout(x, 0.5, stream, context)));
}

TEST(FillUniform, ElementsComeFromTheirPositions) {
  at::Tensor values = at::empty({3, 7});
  fill_uniform(values, -2, 3, stream);

  for (std::int64_t j = 0; j < 21; ++j) {
    const double expected = -2 + 5 * static_cast<double>(stream.uniform(0, 0, static_cast<std::uint64_t>(j)));
    EXPECT_EQ(values.flatten()[j].item<float>(), static_cast<float>(expected));
  }
}

TEST(FillUniform, NeverReachesTheUpperLimit) {
  at::Tensor values = at::empty({1000000});
  fill_uniform(values, 0.999999, 1.0, stream);  // a few floats apart: rounding up is common
  EXPECT_LT(values.max().item<float>(), 1.0F);
  EXPECT_GE(values.min().item<float>(), 0.999999F);
}

TEST(FillNormal, HasMeanAndDeviation) {
  constexpr std::int64_t count = 1000001;  // odd: the last pair is cut
  at::Tensor values = at::empty({count});
  fill_normal(values, 2, 3, stream);

  const double mean = values.to(at::kDouble).mean().item<double>();
  const double variance = values.to(at::kDouble).var().item<double>();
  EXPECT_NEAR(mean, 2, 4 * 3 / std::sqrt(count));
  EXPECT_NEAR(variance, 9, 4 * 9 * std::sqrt(2.0 / count));
  const double inside = ((values - 2).abs() < 3).to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(inside, 0.6827, 0.002);  // within one deviation
}

}  // namespace
}  // namespace assay
