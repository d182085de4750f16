#include "Internal.hpp"
#include "Softmax.hpp"

#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

// The weights of attention in one pass over the scores. As separate operators (scale, mask, softmax, dropout), each a pass
// with its own overhead, they cost more than the products around them where sentences are as short as posts.

namespace ctorch {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

inline float asFloat(float x) { return x; }
inline float asFloat(uint16_t x) { return std::bit_cast<float>(static_cast<uint32_t>(x) << 16); }

inline void store(float *out, float x) { *out = x; }
inline void store(uint16_t *out, float x) { *out = roundedToBFloat16(x); }

/// One row: `buffer` has room for the padded count; `keep` and `weights` are null without dropout.
template <typename Element>
INLINED void softmaxRow(Element *probabilities, Element *weights, const Element *scores, const bool *seen,
                       const uint8_t *keep, int64_t count, float scale, float factor, float *buffer) {
  constexpr float none = -std::numeric_limits<float>::infinity();
  for (int64_t j = 0; j < count; j++) buffer[j] = asFloat(scores[j]) * scale;
  if (seen) {
    for (int64_t j = 0; j < count; j++) buffer[j] = seen[j] ? buffer[j] : none;
  }
  const float sum = exponentials(buffer, count);
  const float inverse = 1 / sum;
  for (int64_t j = 0; j < count; j++) store(probabilities + j, buffer[j] * inverse);
  if (keep) {
    const float kept = inverse * factor;
    for (int64_t j = 0; j < count; j++) store(weights + j, keep[j] ? buffer[j] * kept : 0);
  }
}

template <typename Element>
INLINED void gradientRow(Element *out, const Element *gradient, const Element *probabilities, const uint8_t *keep,
                        int64_t count, float scale, float factor, float *buffer) {
  const int64_t width = padded(count);
  for (int64_t j = 0; j < count; j++) buffer[j] = asFloat(gradient[j]);
  if (keep) {
    for (int64_t j = 0; j < count; j++) buffer[j] = keep[j] ? buffer[j] * factor : 0;
  }
  float *products = buffer + width;
  for (int64_t j = 0; j < count; j++) products[j] = buffer[j] * asFloat(probabilities[j]);
  for (int64_t j = count; j < width; j++) products[j] = 0;
  float sums[lanes] = {};
  for (int64_t j = 0; j < width; j += lanes) {
    for (int64_t l = 0; l < lanes; l++) sums[l] += products[j + l];
  }
  float sum = 0;
  for (int64_t l = 0; l < lanes; l++) sum += sums[l];
  for (int64_t j = 0; j < count; j++) store(out + j, (products[j] - asFloat(probabilities[j]) * sum) * scale);
}

struct Mask {
  const bool *data;
  int64_t strides[3];
};

template <typename Element>
struct Softmax {
  Element *probabilities, *weights;
  const Element *scores;
  Mask mask;
  const uint8_t *keep;
  const int64_t *sizes;
  float scale, factor;

  /// `buffer` has room for the padded count.
  INLINED void rows(int64_t first, int64_t last, float *buffer) const {
    const int64_t heads = sizes[1], queries = sizes[2], count = sizes[3];
    for (int64_t row = first; row < last; row++) {
      const int64_t start = row * count;
      const bool *seen = mask.data;
      if (seen) {
        seen += row / (heads * queries) * mask.strides[0] + row / queries % heads * mask.strides[1] +
                row % queries * mask.strides[2];
      }
      softmaxRow(probabilities + start, weights + start, scores + start, seen, keep ? keep + start : nullptr, count,
                 scale, factor, buffer);
    }
  }
};

template <typename Element>
struct SoftmaxGradient {
  Element *out;
  const Element *gradient, *probabilities;
  const uint8_t *keep;
  int64_t count;
  float scale, factor;

  /// `buffer` has room for twice the padded count.
  INLINED void rows(int64_t first, int64_t last, float *buffer) const {
    for (int64_t row = first; row < last; row++) {
      const int64_t start = row * count;
      gradientRow(out + start, gradient + start, probabilities + start, keep ? keep + start : nullptr, count, scale,
                  factor, buffer);
    }
  }
};

VECTORIZED void run(const Softmax<float> &pass, int64_t first, int64_t last, float *buffer) {
  pass.rows(first, last, buffer);
}
VECTORIZED void run(const Softmax<uint16_t> &pass, int64_t first, int64_t last, float *buffer) {
  pass.rows(first, last, buffer);
}
VECTORIZED void run(const SoftmaxGradient<float> &pass, int64_t first, int64_t last, float *buffer) {
  pass.rows(first, last, buffer);
}
VECTORIZED void run(const SoftmaxGradient<uint16_t> &pass, int64_t first, int64_t last, float *buffer) {
  pass.rows(first, last, buffer);
}

/// Calls `body` with a null pointer of the element's storage type.
template <typename Body>
void withElement(at::ScalarType type, Body &&body) {
  if (type == at::kBFloat16) {
    body(static_cast<uint16_t *>(nullptr));
  } else {
    TORCH_CHECK(type == at::kFloat, "attention scores must be float32 or bfloat16, not ", type);
    body(static_cast<float *>(nullptr));
  }
}

int64_t grain(int64_t count) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(count, 1)); }

struct AttentionWeights : torch::autograd::Function<AttentionWeights> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &scores, const std::optional<at::Tensor> &mask,
                            double scale, double dropout) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto dense = scores.contiguous();
    const int64_t count = dense.size(3), rows = dense.numel() / std::max<int64_t>(count, 1);
    auto probabilities = at::empty_like(dense), weights = dropout > 0 ? at::empty_like(dense) : probabilities;
    at::Tensor keep, seen;
    double factor = 1;
    if (dropout > 0) std::tie(keep, factor) = drawKept(dense.sizes(), dropout);
    Mask view{nullptr, {}};
    if (mask) {
      TORCH_CHECK(mask->scalar_type() == at::kBool, "an attention mask must be of Booleans");
      seen = mask->contiguous().expand(dense.sizes());
      if (seen.stride(3) != 1) seen = seen.contiguous();
      view = {elements<bool>(seen), {seen.stride(0), seen.stride(1), seen.stride(2)}};
    }
    withElement(dense.scalar_type(), [&](auto *element) {
      using Element = std::remove_pointer_t<decltype(element)>;
      const Softmax<Element> pass{static_cast<Element *>(probabilities.mutable_data_ptr()),
                                  static_cast<Element *>(weights.mutable_data_ptr()),
                                  static_cast<const Element *>(dense.const_data_ptr()),
                                  view,
                                  keep.defined() ? elements<uint8_t>(keep) : nullptr,
                                  dense.sizes().data(),
                                  static_cast<float>(scale),
                                  static_cast<float>(factor)};
      inParallel(rows, grain(count), [&](int64_t first, int64_t last) {
        std::vector<float> buffer(2 * padded(count));
        run(pass, first, last, buffer.data());
      });
    });
    context->save_for_backward({probabilities, keep});
    context->saved_data["scale"] = scale;
    context->saved_data["factor"] = factor;
    return weights;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    at::NoGradGuard guard;
    auto saved = context->get_saved_variables();
    auto &probabilities = saved[0], &keep = saved[1];
    auto gradient = gradients[0].to(probabilities.scalar_type()).contiguous();
    auto out = at::empty_like(probabilities);
    const int64_t count = out.size(3), rows = out.numel() / std::max<int64_t>(count, 1);
    const auto scale = static_cast<float>(context->saved_data["scale"].toDouble());
    const auto factor = static_cast<float>(context->saved_data["factor"].toDouble());
    withElement(out.scalar_type(), [&](auto *element) {
      using Element = std::remove_pointer_t<decltype(element)>;
      const SoftmaxGradient<Element> pass{static_cast<Element *>(out.mutable_data_ptr()),
                                          static_cast<const Element *>(gradient.const_data_ptr()),
                                          static_cast<const Element *>(probabilities.const_data_ptr()),
                                          keep.defined() ? elements<uint8_t>(keep) : nullptr,
                                          count,
                                          scale,
                                          factor};
      inParallel(rows, grain(count), [&](int64_t first, int64_t last) {
        std::vector<float> buffer(2 * padded(count));
        run(pass, first, last, buffer.data());
      });
    });
    return {out, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace
}  // namespace ctorch

extern "C" CTTensor ct_attention_weights(CTTensorRef scores, CTTensorRef mask, double scale, double dropout) {
  return ctorch::tensor([&] {
    auto x = ctorch::borrow(scores);
    TORCH_CHECK(x.dim() == 4, "attention scores must be [batch, heads, n, m], not ", x.sizes());
    return ctorch::AttentionWeights::apply(x, ctorch::borrowOptional(mask), scale, dropout);
  });
}
