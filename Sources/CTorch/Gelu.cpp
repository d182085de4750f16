#include "Internal.hpp"
#include "Vectorized.hpp"

#include <algorithm>

// GELU (Hendrycks and Gimpel, 2016) where nothing is learnt: an element's result does not depend on where it lies.

namespace ctorch {

namespace {

/// The error function with an absolute error below 5e-7: a ratio of polynomials of x², fitted to the largest error on [0, 3.92].
INLINED float errorFunction(float x) {
  x = std::min(std::max(x, -3.92f), 3.92f);
  const float z = x * x;
  float p = 2.034666750e-06f;
  p = p * z + 2.874605125e-04f;
  p = p * z + 3.867941443e-03f;
  p = p * z + 5.305929482e-02f;
  p = p * z + 1.927564889e-01f;
  p = p * z + 1.128378987e+00f;
  float q = 3.806893073e-05f;
  q = q * z + 1.188001595e-03f;
  q = q * z + 1.517154463e-02f;
  q = q * z + 1.150813177e-01f;
  q = q * z + 5.041576624e-01f;
  q = q * z + 1.0f;
  return x * p / q;
}

INLINED float gelu(float x) { return 0.5f * x * (1 + errorFunction(x * 0.70710678f)); }

VECTORIZED void gelu(float *out, const float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = gelu(x[i]);
}

}  // namespace

VECTORIZED void geluInPlace(float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = gelu(x[i]);
}

at::Tensor geluInUse(const at::Tensor &x) {
  const at::Tensor dense = x.contiguous(), out = at::empty_like(dense);
  auto *results = static_cast<float *>(out.mutable_data_ptr());
  inParallel(dense.numel(), 16384, [&](int64_t first, int64_t last) {
    gelu(results + first, elements<float>(dense) + first, last - first);
  });
  return out;
}

}  // namespace ctorch
