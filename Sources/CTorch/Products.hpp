#pragma once
#include "Internal.hpp"

#include <ATen/autocast_mode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

// Products of bfloat16 numbers on processors that have no instructions for them. The engine's kernels imitate the
// instructions, at less than half the rate of 32-bit floats. As a 32-bit float holds the product of two bfloat16 numbers
// exactly, the same comes of rounding the factors, multiplying them in 32-bit floats, and rounding the sums.

namespace ctorch {

inline bool multipliesInFloat(const at::Tensor &x) {
  return x.is_cpu() && at::autocast::is_autocast_enabled(at::kCPU) &&
         at::autocast::get_autocast_dtype(at::kCPU) == at::kBFloat16 && !ct_has_fast_bfloat16();
}

inline at::Tensor rounded(const at::Tensor &x) {
  return at::autocast::cached_cast(at::kBFloat16, x, at::kCPU).to(at::kFloat);
}

inline std::optional<at::Tensor> rounded(const std::optional<at::Tensor> &x) {
  if (!x) return std::nullopt;
  return rounded(*x);
}

/// `multiply(factor, factors...)` in the precision of the autocast that is on, if any.
template <typename Multiply, typename... Factors>
at::Tensor product(Multiply &&multiply, const at::Tensor &factor, const Factors &...factors) {
  if (!multipliesInFloat(factor)) return multiply(factor, factors...);
  c10::impl::ExcludeDispatchKeyGuard withoutAutocast(c10::DispatchKey::AutocastCPU);
  return multiply(rounded(factor), rounded(factors)...).to(at::kBFloat16);
}

}  // namespace ctorch
