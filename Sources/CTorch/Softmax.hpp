#pragma once
#include "Vectorized.hpp"

#include <limits>

// The softmax of a row, which attention in training and in use share.

namespace ctorch {

/// e^x for x <= 0 with a relative error below 2e-7 (Cephes' polynomial); 0 is not reached, not-a-number stays.
INLINED float exponential(float x) {
  x = x < -87 ? -87 : x;
  const float shifted = x * 1.44269504f + 12582912.f;
  const float n = shifted - 12582912.f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  const float r2 = r * r;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const uint32_t power = (std::bit_cast<uint32_t>(shifted) << 23) + (127u << 23);
  return (p * r2 + r + 1) * std::bit_cast<float>(power);
}

/// Elements that loops over rows take together, so that the order of a row's sums is that of its length alone.
constexpr int64_t lanes = 16;

/// The next multiple of `lanes`.
inline int64_t padded(int64_t count) { return (count + lanes - 1) / lanes * lanes; }

/// Takes e to the power of each score less the largest, in place; 0 where the score is minus infinity. The row has room for the
/// padded count, and zeros behind its scores afterwards.
/// - Returns: the sum.
INLINED float exponentials(float *row, int64_t count) {
  constexpr float none = -std::numeric_limits<float>::infinity();
  const int64_t width = padded(count);
  for (int64_t j = count; j < width; j++) row[j] = none;
  float highest[lanes], sums[lanes] = {};
  for (int64_t l = 0; l < lanes; l++) highest[l] = row[l];
  for (int64_t j = lanes; j < width; j += lanes) {
    for (int64_t l = 0; l < lanes; l++) highest[l] = row[j + l] > highest[l] ? row[j + l] : highest[l];
  }
  float maximum = highest[0];
  for (int64_t l = 1; l < lanes; l++) maximum = highest[l] > maximum ? highest[l] : maximum;
  for (int64_t j = 0; j < width; j += lanes) {
    for (int64_t l = 0; l < lanes; l++) {
      const float x = row[j + l];
      const float e = x == none ? 0 : exponential(x - maximum);
      row[j + l] = e;
      sums[l] += e;
    }
  }
  float sum = 0;
  for (int64_t l = 0; l < lanes; l++) sum += sums[l];
  return sum;
}

}  // namespace ctorch
