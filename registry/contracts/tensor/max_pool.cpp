#include "registry/contracts/tensor/max_pool.h"

#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <torch/csrc/autograd/custom_function.h>

#include "registry/contracts/tensor/vector_clones.h"

namespace assay {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

/// Two rows of pixels to a row of windows: the largest of each, and its place, counted from the first pixel
/// of the upper row.
ASSAY_VECTOR_CLONES void pool_rows(const float* upper, const float* lower, std::int32_t width, float* largest,
                                   std::int32_t* places) {
  const std::int32_t n_windows = width / 2;
  for (std::int32_t i = 0; i < n_windows; ++i) {
    const float a = upper[2 * i], b = upper[2 * i + 1], c = lower[2 * i], d = lower[2 * i + 1];
    const bool is_b = b > a || b != b;
    const float of_two = is_b ? b : a;
    const std::int32_t in_two = is_b ? 1 : 0;
    const bool is_c = c > of_two || c != c;
    const float of_three = is_c ? c : of_two;
    const std::int32_t in_three = is_c ? width : in_two;
    const bool is_d = d > of_three || d != d;
    largest[i] = is_d ? d : of_three;
    places[i] = 2 * i + (is_d ? width + 1 : in_three);
  }
}

/// x [batch, channels, height, width] contiguous f32 to `out` and `indices`, places in a plane, [batch,
/// channels, height / 2, width / 2].
void pool(const at::Tensor& x, at::Tensor& out, at::Tensor& indices) {
  const std::int64_t height = x.size(2), width = x.size(3), rows = height / 2, columns = width / 2;
  const float* pixels = x.const_data_ptr<float>();
  float* values = out.mutable_data_ptr<float>();
  std::int64_t* places = indices.mutable_data_ptr<std::int64_t>();
  at::parallel_for(0, x.size(0) * x.size(1), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::int32_t> from_first(static_cast<std::size_t>(columns));
    for (std::int64_t row = begin * rows; row < end * rows; ++row) {
      const std::int64_t first = 2 * (row % rows) * width;
      const float* upper = pixels + row / rows * height * width + first;
      pool_rows(upper, upper + width, static_cast<std::int32_t>(width), values + row * columns,
                from_first.data());
      std::int64_t* of_row = places + row * columns;
      for (std::int64_t i = 0; i < columns; ++i) of_row[i] = first + from_first[static_cast<std::size_t>(i)];
    }
  });
}

class MaxPoolOfPairs : public torch::autograd::Function<MaxPoolOfPairs> {
 public:
  static Variable forward(AutogradContext* context, const Variable& x) {
    const std::vector<std::int64_t> sizes{x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2};
    at::Tensor out = at::empty(sizes, x.options());
    at::Tensor indices = at::empty(sizes, x.options().dtype(at::kLong));
    pool(x, out, indices);
    context->save_for_backward({x, indices});
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    return {at::max_pool2d_with_indices_backward(gradients[0], saved[0], /*kernel_size=*/2, /*stride=*/2,
                                                 /*padding=*/0,
                                                 /*dilation=*/1, /*ceil_mode=*/false, saved[1])};
  }
};

}  // namespace

at::Tensor max_pool2d(const at::Tensor& x, std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
  const bool is_of_pairs = kernel == 2 && stride == 2 && padding == 0;
  const bool is_ours = x.is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 4 && x.is_contiguous() &&
                       x.size(2) > 1 && x.size(3) > 1;
  if (!is_of_pairs || !is_ours) return at::max_pool2d(x, kernel, stride, padding);
  return MaxPoolOfPairs::apply(x);
}

}  // namespace assay
