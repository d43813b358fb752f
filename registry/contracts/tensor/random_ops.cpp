#include "registry/contracts/tensor/random_ops.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>

#include "core/error.h"
#include "registry/contracts/tensor/philox_lanes.h"

namespace assay {

namespace {

/// Words made at a time: they stay in the first-level cache.
constexpr std::int64_t words_at_once = 2048;

/// unit_float(word) >= p for exactly the words whose upper 24 bits are at least this.
std::uint32_t first_kept(double p) { return static_cast<std::uint32_t>(std::ceil(p * 0x1p24)); }

/// mask [rows, width] f32: 0 with chance p, else 1 / (1 - p).
void fill_mask(float* mask, std::span<const std::int64_t> ids, std::int64_t width, double p,
               const Stream& stream, std::uint32_t draw) {
  std::vector<WordSource> sources;
  for (const std::int64_t id : ids) sources.push_back({draw, static_cast<std::uint64_t>(id)});
  const std::uint32_t threshold = first_kept(p);
  const float scale = static_cast<float>(1.0 / (1.0 - p));
  const std::int64_t rows_at_once = std::max<std::int64_t>(1, words_at_once / width);
  std::vector<std::uint32_t> words(static_cast<std::size_t>(rows_at_once * width));
  const auto rows = static_cast<std::int64_t>(ids.size());
  for (std::int64_t first = 0; first < rows; first += rows_at_once) {
    const std::int64_t count = std::min(rows_at_once, rows - first);
    fill_words(stream,
               std::span(sources).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
               width, words.data());
    float* const out = mask + first * width;
    for (std::int64_t i = 0; i < count * width; ++i) {
      out[i] = (words[static_cast<std::size_t>(i)] >> 8) >= threshold ? scale : 0.0F;
    }
  }
}

/// The mask is made on the CPU and copied to where x lies.
at::Tensor masked(const at::Tensor& x, const std::vector<std::int64_t>& mask_shape, double p,
                  const Stream& stream, const Context& context) {
  ASSAY_ASSERT(context.ids != nullptr && static_cast<std::int64_t>(context.ids->size()) == x.size(0));
  at::Tensor mask = at::empty(mask_shape, at::kFloat);
  const std::int64_t rows = x.size(0);
  if (mask.numel() > 0) {
    const std::int64_t width = mask.numel() / rows;
    const std::span<const std::int64_t> ids(*context.ids);
    float* const values = mask.mutable_data_ptr<float>();
    const std::int64_t grain = std::max<std::int64_t>(1, 8 * words_at_once / width);
    at::parallel_for(0, rows, grain, [&](std::int64_t begin, std::int64_t end) {
      const auto part = ids.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
      fill_mask(values + begin * width, part, width, p, stream, context.draw);
    });
  }
  return at::mul(x, mask.to(x.options()));
}

bool keeps_all(double p, const Context& context) { return p == 0 || !context.is_random(); }

/// Calls take(word, j) for words 0 to n - 1 of (0, 0).
template <class Take>
void each_word(const Stream& stream, std::int64_t n, const Take& take) {
  Draws draws = stream.at(0, 0);
  for (std::int64_t j = 0; j < n; ++j) take(draws.word(), j);
}

float* data_of(at::Tensor& values) {
  ASSAY_ASSERT(values.is_cpu() && values.is_contiguous() && values.scalar_type() == at::kFloat);
  return values.mutable_data_ptr<float>();
}

}  // namespace

at::Tensor dropout(const at::Tensor& x, double p, const Stream& stream, const Context& context) {
  if (keeps_all(p, context)) return x;
  return masked(x, x.sizes().vec(), p, stream, context);
}

at::Tensor channel_dropout(const at::Tensor& x, double p, const Stream& stream, const Context& context) {
  if (keeps_all(p, context)) return x;
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = x.size(0);
  shape[1] = x.size(1);
  return masked(x, shape, p, stream, context);
}

void fill_uniform(at::Tensor& values, double low, double high, const Stream& stream) {
  float* const out = data_of(values);
  const auto limit = static_cast<float>(high);
  const float last = std::nextafter(limit, static_cast<float>(low));
  each_word(stream, values.numel(), [&](std::uint32_t word, std::int64_t j) {
    const auto value = static_cast<float>(low + (high - low) * static_cast<double>(unit_float(word)));
    out[j] = value < limit ? value : last;  // rounding to float may reach `high`
  });
}

void fill_normal(at::Tensor& values, double mean, double deviation, const Stream& stream) {
  float* const out = data_of(values);
  const std::int64_t count = values.numel();
  // Box-Muller: elements 2i and 2i + 1 come from words 2i and 2i + 1. The first is taken from (0, 1], for its
  // logarithm.
  double radius = 0;
  each_word(stream, count + count % 2, [&](std::uint32_t word, std::int64_t j) {
    if (j % 2 == 0) {
      radius = std::sqrt(-2.0 * std::log((static_cast<double>(word) + 1.0) * 0x1p-32));
      return;
    }
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(word) * 0x1p-32;
    out[j - 1] = static_cast<float>(mean + deviation * radius * std::cos(angle));
    if (j < count) out[j] = static_cast<float>(mean + deviation * radius * std::sin(angle));
  });
}

}  // namespace assay
