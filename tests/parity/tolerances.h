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

/// The same fused kernels, steps and gradients as PyTorch's with fused=True on the instruction set that was
/// recorded.
inline constexpr Tolerance fused_steps{0, 0};
/// Other instruction sets round square roots, divisions and products that are added at once in other places.
inline constexpr Tolerance fused_steps_elsewhere{8e-7, 2.1e-7};
/// PyTorch without fused=True: the same formulas in another order, element by element.
inline constexpr Tolerance plain_steps{5e-7, 1.35e-7};
/// The same kernels; sums of products and exponentials are rounded otherwise by other instruction sets.
inline constexpr Tolerance layer_forward{1e-6, 2.6e-7};
/// As above; sums over the batch are longer, and the recorded rotary attention multiplies complex numbers.
inline constexpr Tolerance layer_backward{2e-6, 6.8e-7};
/// Running means: the same kernels, summed in f64.
inline constexpr Tolerance layer_buffers{0, 0};
/// Ours is a sum divided by a count, PyTorch's a mean within the kernel.
inline constexpr Tolerance loss_value{2.7e-7, 6.9e-8};
inline constexpr Tolerance loss_gradient{4e-7, 1.05e-7};
/// The recorded ones subtract in f64, ours in f32 as the model computes.
inline constexpr Tolerance metric_value{7e-8, 1.8e-8};

}  // namespace assay::testing
