#pragma once
#include "Engines.hpp"

#include <ATen/autocast_mode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

// Products of bfloat16 numbers on processors that multiply them more slowly than 32-bit floats. As a 32-bit float holds the
// product of two bfloat16 numbers exactly, the same comes of rounding the factors, multiplying them in 32-bit floats, and
// rounding the sums.

namespace ctorch {

inline bool isAutocastToBFloat16(const at::Tensor &x) {
  return x.is_cpu() && at::autocast::is_autocast_enabled(at::kCPU) &&
         at::autocast::get_autocast_dtype(at::kCPU) == at::kBFloat16;
}

/// x in bfloat16 numbers; those of weights are kept, see ct_casts_keep.
inline at::Tensor toBFloat16(const at::Tensor &x) { return at::autocast::cached_cast(at::kBFloat16, x, at::kCPU); }

inline at::Tensor rounded(const at::Tensor &x) { return toBFloat16(x).to(at::kFloat); }

/// The tensor that `convert` makes of one, if there is one.
template <typename Convert>
std::optional<at::Tensor> converted(const std::optional<at::Tensor> &x, Convert &&convert) {
  if (!x) return std::nullopt;
  return convert(*x);
}

inline std::optional<at::Tensor> rounded(const std::optional<at::Tensor> &x) {
  return converted(x, [](const at::Tensor &x) { return rounded(x); });
}

/// `multiply(factor, factors...)` in the precision of the autocast that is on, if any.
template <typename Multiply, typename... Factors>
at::Tensor product(Multiply &&multiply, const at::Tensor &factor, const Factors &...factors) {
  if (!isAutocastToBFloat16(factor) || multipliesBFloat16()) return multiply(factor, factors...);
  c10::impl::ExcludeDispatchKeyGuard withoutAutocast(c10::DispatchKey::AutocastCPU);
  return multiply(rounded(factor), rounded(factors)...).to(at::kBFloat16);
}

}  // namespace ctorch
