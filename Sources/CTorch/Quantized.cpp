#include "Internal.hpp"
#include "Vectorized.hpp"

#include <ATen/Version.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Linear layers of 8-bit whole numbers. Weights have a scale for each output; activations have a scale and a centre for each row,
// found when the row is there, so that what comes of a row does not depend on others. About, w = s q and x = c + s' q' with whole
// numbers from -127 to 127, so w · x = s s' (q · q') + c s (sum of q). The sums are exact, and the centre, which halves the rounding of
// rows that lie on one side of 0, as those behind GELU do, adds nothing to what rounding the weights costs.

namespace ctorch {

namespace {

/// Outputs whose weights lie together: of every 4 inputs, 4 bytes of the first output, then those of the next.
constexpr int64_t panelWidth = 32;
constexpr int64_t group = 4;
constexpr int64_t groupBytes = panelWidth * group;
/// Rows that are quantized and then multiplied: with 1,536 inputs they stay in the second cache.
constexpr int64_t blockRows = 48;
/// Rows that a kernel takes at once, at most.
constexpr int64_t tileRows = 6;
/// 127 * 127 times as many stay below 2^31.
constexpr int64_t mostInputs = 1 << 17;

/// The weights of some outputs, behind them the scale of each, and the sum of its weights.
struct Panel {
  static int64_t bytes(int64_t groups) { return groups * groupBytes + panelWidth * int64_t(sizeof(float) + sizeof(int32_t)); }

  const int8_t *weights;
  const float *scales;
  const int32_t *sums;

  Panel(const int8_t *panels, int64_t index, int64_t groups)
      : weights(panels + index * bytes(groups)),
        scales(reinterpret_cast<const float *>(weights + groups * groupBytes)),
        sums(reinterpret_cast<const int32_t *>(scales + panelWidth)) {}
};

/// Writes the sums of up to `tileRows` rows by the outputs of a panel, row after row.
using SumRows = void (*)(const uint8_t *rows, int64_t count, int64_t groups, const Panel &panel, int32_t *sums);

/// How a processor multiplies, and what it wants of the rows: numbers of 16 bits, or bytes that are 128 too large.
struct Kernel {
  bool takesBytes;
  SumRows sums;

  int64_t rowBytes(int64_t groups) const { return groups * group * (takesBytes ? 1 : 2); }
};

void plainSums(const uint8_t *rows, int64_t count, int64_t groups, const Panel &panel, int32_t *sums) {
  const auto *x = reinterpret_cast<const int16_t *>(rows);
  for (int64_t r = 0; r < count; r++, x += groups * group, sums += panelWidth) {
    for (int64_t o = 0; o < panelWidth; o++) {
      int32_t sum = 0;
      for (int64_t g = 0; g < groups; g++) {
        for (int64_t i = 0; i < group; i++) sum += x[g * group + i] * panel.weights[g * groupBytes + o * group + i];
      }
      sums[o] = sum;
    }
  }
}

#if defined(__x86_64__)

/// Pairs of 16-bit products are added in 32 bits, which cannot overflow.
template <int64_t count>
__attribute__((target("avx2"))) void pairSums(const uint8_t *rows, int64_t groups, const Panel &panel, int32_t *sums) {
  for (int64_t o = 0; o < panelWidth; o += 8) {
    __m256i total[count][2];
    for (auto &half : total) half[0] = half[1] = _mm256_setzero_si256();
    for (int64_t g = 0; g < groups; g++) {
      const auto *weights = reinterpret_cast<const __m128i *>(panel.weights + g * groupBytes + o * group);
      const __m256i first = _mm256_cvtepi8_epi16(_mm_loadu_si128(weights));
      const __m256i second = _mm256_cvtepi8_epi16(_mm_loadu_si128(weights + 1));
      for (int64_t r = 0; r < count; r++) {
        int64_t four;
        std::memcpy(&four, rows + (r * groups + g) * group * 2, sizeof four);
        const __m256i x = _mm256_set1_epi64x(four);
        total[r][0] = _mm256_add_epi32(total[r][0], _mm256_madd_epi16(x, first));
        total[r][1] = _mm256_add_epi32(total[r][1], _mm256_madd_epi16(x, second));
      }
    }
    for (int64_t r = 0; r < count; r++) {
      const __m256i mixed = _mm256_hadd_epi32(total[r][0], total[r][1]);
      auto *place = reinterpret_cast<__m256i *>(sums + r * panelWidth + o);
      _mm256_storeu_si256(place, _mm256_permute4x64_epi64(mixed, 0xD8));
    }
  }
}

/// Four products of an unsigned and a signed byte are added at once, in 32 bits. Rows are 128 too large, so 128 times the sum of
/// the weights is taken away.
template <int64_t count>
__attribute__((target("avx512f,avx512vnni"))) void byteSums(const uint8_t *rows, int64_t groups, const Panel &panel,
                                                            int32_t *sums) {
  __m512i total[count][2];
  for (int half = 0; half < 2; half++) {
    const __m512i excess = _mm512_slli_epi32(_mm512_loadu_si512(panel.sums + 16 * half), 7);
    for (auto &halves : total) halves[half] = _mm512_sub_epi32(_mm512_setzero_si512(), excess);
  }
  for (int64_t g = 0; g < groups; g++) {
    const __m512i first = _mm512_loadu_si512(panel.weights + g * groupBytes);
    const __m512i second = _mm512_loadu_si512(panel.weights + g * groupBytes + 64);
    for (int64_t r = 0; r < count; r++) {
      int32_t four;
      std::memcpy(&four, rows + (r * groups + g) * group, sizeof four);
      const __m512i x = _mm512_set1_epi32(four);
      total[r][0] = _mm512_dpbusd_epi32(total[r][0], x, first);
      total[r][1] = _mm512_dpbusd_epi32(total[r][1], x, second);
    }
  }
  for (int64_t r = 0; r < count; r++) {
    for (int half = 0; half < 2; half++) _mm512_storeu_si512(sums + r * panelWidth + 16 * half, total[r][half]);
  }
}

/// `body` with the number of rows as a constant.
template <typename Body>
void withRows(int64_t count, const Body &body) {
  static_assert(tileRows == 6);
  switch (count) {
    case 1: return body(std::integral_constant<int64_t, 1>());
    case 2: return body(std::integral_constant<int64_t, 2>());
    case 3: return body(std::integral_constant<int64_t, 3>());
    case 4: return body(std::integral_constant<int64_t, 4>());
    case 5: return body(std::integral_constant<int64_t, 5>());
    default: return body(std::integral_constant<int64_t, 6>());
  }
}

void pairSums(const uint8_t *rows, int64_t count, int64_t groups, const Panel &panel, int32_t *sums) {
  withRows(count, [&](auto count) { pairSums<count>(rows, groups, panel, sums); });
}

void byteSums(const uint8_t *rows, int64_t count, int64_t groups, const Panel &panel, int32_t *sums) {
  withRows(count, [&](auto count) { byteSums<count>(rows, groups, panel, sums); });
}

#endif

/// The kernel for the processor, within the bounds that ATEN_CPU_CAPABILITY sets.
const Kernel &kernel() {
  static const Kernel chosen = [] {
#if defined(__x86_64__)
    const std::string bound = at::get_cpu_capability();
    if (bound.starts_with("AVX512") && __builtin_cpu_supports("avx512vnni")) return Kernel{true, byteSums};
    if (bound.starts_with("AVX") && __builtin_cpu_supports("avx2")) return Kernel{false, pairSums};
#endif
    return Kernel{false, plainSums};
  }();
  return chosen;
}

}  // namespace

/// The bits of a number as a whole number in the order of the numbers, where NaN is above or below all; and back.
INLINED int32_t ordered(int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); }

/// The least and the most of some numbers, NaN where it is among them.
VECTORIZED std::pair<float, float> bounds(const float *x, int64_t count) {
  const auto *bits = reinterpret_cast<const int32_t *>(x);
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (int64_t i = 0; i < count; i++) {
    least = std::min(least, ordered(bits[i]));
    most = std::max(most, ordered(bits[i]));
  }
  return {std::bit_cast<float>(ordered(least)), std::bit_cast<float>(ordered(most))};
}

/// A whole number of at most 22 bits is added to 1.5 * 2^23 exactly, so that a sum with it is rounded to a whole number, and to
/// the even one of two.
constexpr float roundingShift = 12582912;

VECTORIZED void quantize(int16_t *numbers, const float *x, int64_t count, float centre, float factor) {
  for (int64_t i = 0; i < count; i++) {
    numbers[i] = static_cast<int16_t>(((x[i] - centre) * factor + roundingShift) - roundingShift);
  }
}

VECTORIZED void quantize(uint8_t *numbers, const float *x, int64_t count, float centre, float factor) {
  for (int64_t i = 0; i < count; i++) {
    numbers[i] = static_cast<uint8_t>(static_cast<int32_t>(((x[i] - centre) * factor + roundingShift) - roundingShift) + 128);
  }
}

VECTORIZED void scaleSums(float *out, const int32_t *sums, const float *scales, const int32_t *weightSums, const float *bias,
                          int64_t count, float scale, float centre) {
  for (int64_t i = 0; i < count; i++) {
    out[i] = static_cast<float>(sums[i]) * (scales[i] * scale) +
             (static_cast<float>(weightSums[i]) * (scales[i] * centre) + bias[i]);
  }
}

namespace {

/// Numbers from `centre - 127 scale` to `centre + 127 scale`, and what their distance from the centre is multiplied with: 0 where
/// all are at the centre, or one is not finite, so that what is made of them is not finite either.
struct Range {
  float centre, scale, factor;

  Range(float least, float most) : centre(least / 2 + most / 2), scale(std::max(most - centre, centre - least) / 127) {
    const float inverse = 1 / scale;
    factor = std::isfinite(inverse) && std::isfinite(scale) ? inverse : 0;
  }

  /// That of a row of activations.
  static Range ofRow(const float *x, int64_t count) {
    const auto [least, most] = bounds(x, count);
    return Range(least, most);
  }

  /// That of the weights of an output, around 0.
  static Range ofWeights(const float *x, int64_t count) {
    const auto [least, most] = bounds(x, count);
    const float magnitude = std::max(most, -least);
    return Range(-magnitude, magnitude);
  }
};

/// Numbers of a kernel's kind; returns their range. Behind the inputs stands what has been there: the weights are 0 there.
Range quantizeRow(const Kernel &kernel, uint8_t *numbers, const float *x, int64_t inputs, int64_t groups) {
  const Range range = Range::ofRow(x, inputs);
  if (range.factor == 0) {
    std::memset(numbers, kernel.takesBytes ? 128 : 0, kernel.rowBytes(groups));
  } else if (kernel.takesBytes) {
    quantize(numbers, x, inputs, range.centre, range.factor);
  } else {
    quantize(reinterpret_cast<int16_t *>(numbers), x, inputs, range.centre, range.factor);
  }
  return range;
}

int64_t groupsOf(int64_t inputs) { return (inputs + group - 1) / group; }

/// `body(panel, first output, outputs)` for each panel.
template <typename Body>
void forEachPanel(const int8_t *panels, int64_t groups, int64_t outputs, const Body &body) {
  for (int64_t index = 0; index * panelWidth < outputs; index++) {
    const int64_t first = index * panelWidth;
    body(Panel(panels, index, groups), first, std::min(panelWidth, outputs - first));
  }
}

/// The rows of a block by all outputs.
void multiplyBlock(float *out, const float *x, int64_t rows, int64_t inputs, const int8_t *panels, int64_t outputs,
                   const float *bias) {
  const Kernel &kernel = ctorch::kernel();
  const int64_t groups = groupsOf(inputs), rowBytes = kernel.rowBytes(groups);
  thread_local std::vector<uint8_t> numbers;
  numbers.resize(std::max<size_t>(numbers.size(), blockRows * rowBytes));
  std::vector<Range> ranges;
  ranges.reserve(blockRows);
  for (int64_t r = 0; r < rows; r++) {
    ranges.push_back(quantizeRow(kernel, numbers.data() + r * rowBytes, x + r * inputs, inputs, groups));
  }
  std::array<int32_t, tileRows * panelWidth> sums;
  forEachPanel(panels, groups, outputs, [&](const Panel &panel, int64_t first, int64_t width) {
    for (int64_t row = 0; row < rows; row += tileRows) {
      const int64_t count = std::min(tileRows, rows - row);
      kernel.sums(numbers.data() + row * rowBytes, count, groups, panel, sums.data());
      for (int64_t r = 0; r < count; r++) {
        const Range &range = ranges[row + r];
        scaleSums(out + (row + r) * outputs + first, sums.data() + r * panelWidth, panel.scales, panel.sums, bias + first, width,
                  range.scale, range.centre);
      }
    }
  });
}

/// Panels of a layer's weights.
at::Tensor quantizedWeight(const at::Tensor &weight) {
  TORCH_CHECK(weight.dim() == 2 && weight.scalar_type() == at::kFloat && weight.is_cpu(),
              "the weights of a layer are a matrix of 32-bit floats on the CPU");
  const int64_t outputs = weight.size(0), inputs = weight.size(1), groups = groupsOf(inputs);
  TORCH_CHECK(inputs > 0 && inputs <= mostInputs, "a layer of 8-bit weights has 1 to ", mostInputs, " inputs, not ", inputs);
  const at::Tensor dense = weight.detach().contiguous();
  const at::Tensor panels =
      at::zeros({(outputs + panelWidth - 1) / panelWidth, Panel::bytes(groups)}, weight.options().dtype(at::kChar));
  auto *bytes = static_cast<int8_t *>(panels.mutable_data_ptr());
  std::vector<int16_t> numbers(inputs);
  forEachPanel(bytes, groups, outputs, [&](const Panel &panel, int64_t first, int64_t width) {
    auto *weights = const_cast<int8_t *>(panel.weights);
    auto *scales = const_cast<float *>(panel.scales);
    auto *sums = const_cast<int32_t *>(panel.sums);
    for (int64_t o = 0; o < width; o++) {
      const float *row = elements<float>(dense) + (first + o) * inputs;
      const Range range = Range::ofWeights(row, inputs);
      std::fill(numbers.begin(), numbers.end(), int16_t(0));
      if (range.factor != 0) quantize(numbers.data(), row, inputs, 0, range.factor);
      scales[o] = range.scale;
      for (int64_t i = 0; i < inputs; i++) {
        weights[i / group * groupBytes + o * group + i % group] = static_cast<int8_t>(numbers[i]);
        sums[o] += numbers[i];
      }
    }
  });
  return panels;
}

}  // namespace

at::Tensor quantizedLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  TORCH_CHECK(x.dim() > 0 && x.is_cpu() && x.scalar_type() == at::kFloat, "8-bit weights take 32-bit floats on the CPU");
  TORCH_CHECK(!needsGradient(x), "8-bit weights have no gradients");
  TORCH_CHECK(bias && bias->scalar_type() == at::kFloat, "a layer of 8-bit weights has a bias of 32-bit floats");
  const int64_t inputs = x.size(-1), outputs = bias->size(0);
  TORCH_CHECK(weight.dim() == 2 && weight.size(1) == Panel::bytes(groupsOf(inputs)) &&
                  weight.size(0) == (outputs + panelWidth - 1) / panelWidth,
              "the 8-bit weights are not those of ", inputs, " inputs and ", outputs, " outputs");
  const at::Tensor dense = x.detach().contiguous();
  auto sizes = x.sizes().vec();
  sizes.back() = outputs;
  const at::Tensor out = at::empty(sizes, x.options());
  auto *results = static_cast<float *>(out.mutable_data_ptr());
  const float *rows = elements<float>(dense), *biases = elements<float>(*bias);
  const auto *panels = elements<int8_t>(weight);
  inParallel(x.numel() / inputs, tileRows, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row += blockRows) {
      multiplyBlock(results + row * outputs, rows + row * inputs, std::min(blockRows, last - row), inputs, panels, outputs, biases);
    }
  });
  return out;
}

}  // namespace ctorch

using namespace ctorch;

extern "C" CTTensor ct_quantized_weight(CTTensorRef weight) {
  return tensor([&] { return quantizedWeight(borrow(weight)); });
}
