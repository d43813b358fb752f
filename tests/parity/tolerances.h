// How far our numbers may be from the recorded ones, and why: one table. A difference is the largest one
// between two tensors, divided by the largest recorded number of that tensor; f32 has a precision of 1.2e-7.
// `measured` is the largest that was seen with the instruction sets that LibTorch, oneDNN and MKL were told
// to use (ATEN_CPU_CAPABILITY default, avx2, avx512; ONEDNN_MAX_CPU_ISA SSE41, AVX2; MKL_ENABLE_INSTRUCTIONS
// SSE4_2, AVX2) on one processor. A limit is at most four times that, since other processors round otherwise
// again; it is 0 where the same kernel runs.
#pragma once

namespace assay::testing {

struct Tolerance {
  double limit = 0;
  double measured = 0;

  consteval Tolerance(double allowed, double seen) : limit(allowed), measured(seen) {
    if (allowed > 4 * seen) throw "a limit is at most four times what was measured";
  }
};

/// The same kernels, or the same operations in the same order, as the reference on the instruction set that
/// was recorded.
inline constexpr Tolerance same_steps{0, 0};
/// Other instruction sets round square roots, divisions and products that are added at once in other places.
inline constexpr Tolerance steps_elsewhere{8e-7, 2.1e-7};
/// PyTorch without fused=True: the same formulas in another order, element by element.
inline constexpr Tolerance plain_steps{7e-7, 1.79e-7};
/// scikit-learn rounds a product before it is added; ours is added at once.
inline constexpr Tolerance sklearn_steps{1e-6, 2.54e-7};
/// As steps_elsewhere; the scale is a difference of nearly equal numbers (rmsprop, centered), or a mean of
/// steps that depends on itself (adadelta).
inline constexpr Tolerance scaled_steps_elsewhere{1.2e-5, 3.19e-6};
/// As steps_elsewhere; steps are made orthogonal in bf16, whose precision is 8e-3.
inline constexpr Tolerance muon_steps_elsewhere{4.9e-2, 1.24e-2};
/// As steps_elsewhere, of sums over all weights; what they say of the curvature is least certain where the
/// loss is flat, and steps are longest there.
inline constexpr Tolerance lbfgs_steps_elsewhere{1.5e-3, 3.78e-4};
/// Absolute, in f64; ours are closed forms, many of PyTorch's multiply the rate of the step before.
inline constexpr Tolerance schedule_factor{1.8e-14, 4.6e-15};
/// The same kernels; sums of products and exponentials are rounded otherwise by other instruction sets.
inline constexpr Tolerance layer_forward{1e-6, 2.6e-7};
/// As above; sums over the batch are longer, and the recorded rotary attention multiplies complex numbers.
inline constexpr Tolerance layer_backward{2e-6, 6.8e-7};
/// Running means: the same kernels, summed in f64.
inline constexpr Tolerance layer_buffers{0, 0};
/// Ours is a sum divided by a count, PyTorch's a mean within the kernel or, of gaussian_nll, of written-out
/// operations.
inline constexpr Tolerance loss_value{4.5e-7, 1.46e-7};
/// As above; of the recorded focal loss powers of 1 - p, ours of -expm1(log p), which keeps what is small.
inline constexpr Tolerance loss_gradient{7.5e-7, 2.44e-7};
/// Counts and f64 on both sides, summed in another order.
inline constexpr Tolerance metric_counts{1.4e-15, 3.6e-16};
/// The recorded ones subtract and take logarithms in f64, ours in f32 as the model computes.
inline constexpr Tolerance metric_value{7e-8, 1.8e-8};
/// As above, and 1 less a ratio near 1.
inline constexpr Tolerance metric_r2{5.5e-7, 1.4e-7};

/// 200 steps of training: nothing differs on the processor that was recorded; what other instruction sets
/// round otherwise is carried on from step to step.
inline constexpr Tolerance training_losses{1e-6, 2.7e-7};
inline constexpr Tolerance training_weights{4e-6, 1.1e-6};
/// As above; the small GPT learns its 64 rows by heart, and its loss falls to an eighth.
inline constexpr Tolerance training_losses_of_gpt{2e-4, 5.4e-5};
/// As above; gradients are sums over the parts of a batch.
inline constexpr Tolerance accumulated_losses{8e-7, 2.2e-7};

}  // namespace assay::testing
