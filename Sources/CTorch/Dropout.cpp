#include "Internal.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/custom_function.h>

// The engine draws one double an element, on one thread, which costs more than the matrix products around it. Here one
// 32-bit hash of a counter gives two 16-bit draws, in loops that the compiler turns into vector code.

#if defined(__x86_64__)
#define VECTORIZED __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define VECTORIZED
#endif

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// A bijection of 32 bits without visible structure (Wellons, "Prospecting for Hash Functions", 2018).
inline uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}

/// keep[i] = whether draw i is at least `threshold` of 65,536.
VECTORIZED void draw(uint8_t *keep, int64_t count, uint64_t seed, uint32_t threshold) {
  constexpr int64_t block = 1024;
  uint32_t bits[block / 2];
  for (int64_t start = 0; start < count; start += block) {
    const uint32_t offset = mix(static_cast<uint32_t>(seed >> 32) + static_cast<uint32_t>(start / block));
    for (int64_t i = 0; i < block / 2; i++) bits[i] = mix(static_cast<uint32_t>(seed) + offset + static_cast<uint32_t>(i));
    const int64_t n = std::min(block, count - start);
    const auto *halves = reinterpret_cast<const uint16_t *>(bits);
    for (int64_t i = 0; i < n; i++) keep[start + i] = halves[i] >= threshold;
  }
}

VECTORIZED void scale(float *out, const float *x, const uint8_t *keep, int64_t count, float factor) {
  for (int64_t i = 0; i < count; i++) out[i] = keep[i] ? x[i] * factor : 0;
}

VECTORIZED void scaleHalf(uint16_t *out, const uint16_t *x, const uint8_t *keep, int64_t count, float factor) {
  for (int64_t i = 0; i < count; i++) {
    const float value = std::bit_cast<float>(static_cast<uint32_t>(x[i]) << 16) * factor;
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    const uint32_t quiet = value != value ? 0x7fc0 : rounded;
    out[i] = keep[i] ? static_cast<uint16_t>(quiet) : 0;
  }
}

at::Tensor thin(const at::Tensor &x, const at::Tensor &keep, double factor) {
  auto dense = x.contiguous();
  auto out = at::empty_like(dense);
  if (dense.scalar_type() == at::kFloat) {
    scale(out.mutable_data_ptr<float>(), dense.const_data_ptr<float>(), keep.const_data_ptr<uint8_t>(), dense.numel(),
          static_cast<float>(factor));
  } else {
    scaleHalf(static_cast<uint16_t *>(out.mutable_data_ptr()), static_cast<const uint16_t *>(dense.const_data_ptr()),
              keep.const_data_ptr<uint8_t>(), dense.numel(), static_cast<float>(factor));
  }
  return out;
}

struct FastDropout : torch::autograd::Function<FastDropout> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, double probability) {
    at::AutoDispatchBelowADInplaceOrView below;
    const auto threshold = static_cast<uint32_t>(std::lround(probability * 65536));
    uint64_t seed;
    {
      auto generator = at::detail::getDefaultCPUGenerator();
      std::lock_guard<std::mutex> lock(generator.mutex());
      seed = at::check_generator<at::CPUGeneratorImpl>(generator)->random64();
    }
    auto keep = at::empty(x.sizes(), at::TensorOptions().dtype(at::kByte));
    draw(keep.mutable_data_ptr<uint8_t>(), keep.numel(), seed, threshold);
    const double factor = 65536.0 / (65536.0 - threshold);
    context->save_for_backward({keep});
    context->saved_data["factor"] = factor;
    return thin(x, keep, factor);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    at::NoGradGuard guard;
    return {thin(gradients[0], context->get_saved_variables()[0], context->saved_data["factor"].toDouble()),
            at::Tensor()};
  }
};

}  // namespace

extern "C" CTTensor ct_dropout(CTTensorRef handle, double probability) {
  return ctorch::tensor([&] {
    auto x = ctorch::borrow(handle);
    const bool isFast = x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
    return isFast ? FastDropout::apply(x, probability) : at::dropout(x, probability, true);
  });
}
