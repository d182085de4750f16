#include "Internal.hpp"
#include "Vectorized.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/custom_function.h>

// The engine draws one double an element, on one thread, which costs more than the matrix products around it. Here one
// 32-bit hash of a counter gives two 16-bit draws, in loops that the compiler turns into vector code.

namespace ctorch {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

constexpr int64_t block = 1024;
/// The fewest elements that are worth a second thread.
constexpr int64_t grain = 32 * block;

/// A bijection of 32 bits without visible structure (Wellons, "Prospecting for Hash Functions", 2018).
inline uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}

/// keep[i] = whether draw i is at least `threshold` of 65,536, for the elements of some blocks.
VECTORIZED void draw(uint8_t *keep, int64_t count, int64_t firstBlock, int64_t lastBlock, uint64_t seed,
                     uint32_t threshold) {
  uint32_t bits[block / 2];
  for (int64_t index = firstBlock; index < lastBlock; index++) {
    const uint32_t offset = mix(static_cast<uint32_t>(seed >> 32) + static_cast<uint32_t>(index));
    for (int64_t i = 0; i < block / 2; i++) bits[i] = mix(static_cast<uint32_t>(seed) + offset + static_cast<uint32_t>(i));
    const int64_t start = index * block, n = std::min(block, count - start);
    const auto *halves = reinterpret_cast<const uint16_t *>(bits);
    for (int64_t i = 0; i < n; i++) keep[start + i] = halves[i] >= threshold;
  }
}

VECTORIZED void scale(float *out, const float *x, const uint8_t *keep, int64_t count, float factor) {
  for (int64_t i = 0; i < count; i++) out[i] = keep[i] ? x[i] * factor : 0;
}

VECTORIZED void scale(uint16_t *out, const uint16_t *x, const uint8_t *keep, int64_t count, float factor) {
  for (int64_t i = 0; i < count; i++) {
    const float value = std::bit_cast<float>(static_cast<uint32_t>(x[i]) << 16) * factor;
    out[i] = keep[i] ? roundedToBFloat16(value) : 0;
  }
}

template <typename Element>
void scaleAll(const at::Tensor &out, const at::Tensor &x, const at::Tensor &keep, double factor) {
  auto *to = static_cast<Element *>(out.mutable_data_ptr());
  const auto *from = static_cast<const Element *>(x.const_data_ptr());
  const auto *kept = elements<uint8_t>(keep);
  inParallel(x.numel(), grain, [&](int64_t first, int64_t last) {
    scale(to + first, from + first, kept + first, last - first, static_cast<float>(factor));
  });
}

at::Tensor thin(const at::Tensor &x, const at::Tensor &keep, double factor) {
  auto dense = x.contiguous();
  auto out = at::empty_like(dense);
  if (dense.scalar_type() == at::kFloat) {
    scaleAll<float>(out, dense, keep, factor);
  } else {
    scaleAll<uint16_t>(out, dense, keep, factor);
  }
  return out;
}

struct FastDropout : torch::autograd::Function<FastDropout> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, double probability) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto [keep, factor] = drawKept(x.sizes(), probability);
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

std::pair<at::Tensor, double> drawKept(at::IntArrayRef sizes, double probability) {
  const auto threshold = static_cast<uint32_t>(std::lround(probability * 65536));
  uint64_t seed;
  {
    auto generator = at::detail::getDefaultCPUGenerator();
    std::lock_guard<std::mutex> lock(generator.mutex());
    seed = at::check_generator<at::CPUGeneratorImpl>(generator)->random64();
  }
  auto keep = at::empty(sizes, at::TensorOptions().dtype(at::kByte));
  auto *bytes = keep.mutable_data_ptr<uint8_t>();
  const int64_t count = keep.numel();
  inParallel((count + block - 1) / block, grain / block, [&](int64_t first, int64_t last) {
    draw(bytes, count, first, last, seed, threshold);
  });
  return {keep, 65536.0 / (65536.0 - threshold)};
}

}  // namespace ctorch

extern "C" CTTensor ct_dropout(CTTensorRef handle, double probability) {
  return ctorch::tensor([&] {
    auto x = ctorch::borrow(handle);
    const bool isFast = x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
    return isFast ? ctorch::FastDropout::apply(x, probability) : at::dropout(x, probability, true);
  });
}
