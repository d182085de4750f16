#include "Internal.hpp"
#include "Softmax.hpp"

#include <array>
#include <vector>

// Attention where nothing is learnt, a head of a post at a time: scores stay in the first cache, and keys that may not be seen
// cost nothing. What comes of a query depends on its own post alone, to the bit, whatever other posts there are and however long.

namespace ctorch {

namespace {

/// Queries that share the loading of a key.
constexpr int64_t tileRows = 4;

typedef float Lanes __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float))));

INLINED Lanes &lanesAt(float *x) { return *reinterpret_cast<Lanes *>(x); }

/// Rows of a head in memory: row i, column t at `data[i * rowStride + t]`.
struct Rows {
  const float *data;
  int64_t stride;

  INLINED const float *operator[](int64_t row) const { return data + row * stride; }
};

/// A head's queries, keys and values, and where its results go.
struct Head {
  Rows queries, keys, values;
  float *out;
  int64_t outStride;
  /// Whether each key may be seen; null where all are.
  const bool *seen;
};

/// What a thread works with.
class HeadAttention {
 public:
  HeadAttention(int64_t queries, int64_t keys, int64_t width, float scale)
      : queryCount(queries), keyCount(keys), width(width), scale(scale), columns(padded(width)) {
    transposedKeys.resize(width * padded(keys));
    seenValues.resize(keys * columns);
    scores.resize(tileRows * padded(std::max<int64_t>(keys, 1)));
    query.resize(tileRows * width);
  }

  INLINED void attend(const Head &head) {
    gather(head);
    for (int64_t row = 0; row < queryCount; row += tileRows) {
      const int64_t count = std::min(tileRows, queryCount - row);
      for (int64_t r = 0; r < tileRows; r++) {
        const float *from = head.queries[row + std::min(r, count - 1)];
        for (int64_t t = 0; t < width; t++) query[r * width + t] = from[t] * scale;
      }
      score();
      const auto factors = normalize();
      for (int64_t t = 0; t < width; t += lanes) average(head, row, count, t, factors);
    }
  }

 private:
  const int64_t queryCount, keyCount, width;
  const float scale;
  const int64_t columns;
  int64_t seenCount = 0, scoreWidth = 0;
  std::vector<float> transposedKeys, seenValues, scores, query;

  /// The keys that may be seen, transposed, and their values.
  INLINED void gather(const Head &head) {
    seenCount = 0;
    for (int64_t j = 0; j < keyCount; j++) seenCount += !head.seen || head.seen[j];
    scoreWidth = padded(seenCount);
    int64_t place = 0;
    for (int64_t j = 0; j < keyCount; j++) {
      if (head.seen && !head.seen[j]) continue;
      const float *key = head.keys[j], *value = head.values[j];
      for (int64_t t = 0; t < width; t++) transposedKeys[t * scoreWidth + place] = key[t];
      for (int64_t t = 0; t < width; t++) seenValues[place * columns + t] = value[t];
      place++;
    }
    for (int64_t t = 0; t < width; t++) {
      for (int64_t j = seenCount; j < scoreWidth; j++) transposedKeys[t * scoreWidth + j] = 0;
    }
  }

  INLINED void score() {
    for (int64_t j = 0; j < scoreWidth; j += lanes) {
      Lanes sums[tileRows] = {};
      for (int64_t t = 0; t < width; t++) {
        const Lanes key = lanesAt(transposedKeys.data() + t * scoreWidth + j);
        for (int64_t r = 0; r < tileRows; r++) sums[r] += query[r * width + t] * key;
      }
      for (int64_t r = 0; r < tileRows; r++) lanesAt(scores.data() + r * scoreWidth + j) = sums[r];
    }
  }

  /// e to the power of each score less the largest; returns what makes their sum 1.
  INLINED std::array<float, tileRows> normalize() {
    std::array<float, tileRows> factors;
    for (int64_t r = 0; r < tileRows; r++) factors[r] = 1 / exponentials(scores.data() + r * scoreWidth, seenCount);
    return factors;
  }

  /// The values, weighed by the scores, of some columns.
  INLINED void average(const Head &head, int64_t row, int64_t count, int64_t t, const std::array<float, tileRows> &factors) {
    Lanes sums[tileRows] = {};
    for (int64_t j = 0; j < seenCount; j++) {
      const Lanes value = lanesAt(seenValues.data() + j * columns + t);
      for (int64_t r = 0; r < tileRows; r++) sums[r] += scores[r * scoreWidth + j] * value;
    }
    for (int64_t r = 0; r < count; r++) {
      float *out = head.out + (row + r) * head.outStride + t;
      const Lanes result = sums[r] * factors[r];
      if (t + lanes <= width) {
        lanesAt(out) = result;
      } else {
        for (int64_t l = 0; t + l < width; l++) out[l] = result[l];
      }
    }
  }
};

VECTORIZED void attendTo(HeadAttention &attention, const Head &head) { attention.attend(head); }

/// `[batch, heads, n, width]` whose last dimension is dense.
at::Tensor withDenseRows(const at::Tensor &x) { return x.stride(3) == 1 ? x : x.contiguous(); }

at::Tensor attentionInUse(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
                          const std::optional<at::Tensor> &mask, double scale) {
  for (const auto &x : {query, key, value}) {
    TORCH_CHECK(x.dim() == 4 && x.is_cpu() && x.scalar_type() == at::kFloat, "attention in use takes four dimensions of 32-bit floats");
    TORCH_CHECK(!needsGradient(x), "attention in use has no gradient");
  }
  const int64_t batch = query.size(0), heads = query.size(1), queries = query.size(2), width = query.size(3), keys = key.size(2);
  const std::array<int64_t, 4> sizes = {batch, heads, keys, width};
  TORCH_CHECK(key.sizes() == sizes && value.sizes() == sizes, "the keys are ", key.sizes(), ", the values ", value.sizes(),
              ", and not ", at::IntArrayRef(sizes));
  at::Tensor seen;
  if (mask) {
    TORCH_CHECK(mask->scalar_type() == at::kBool, "an attention mask must be of Booleans");
    seen = mask->expand({batch, 1, 1, keys}).contiguous();
  }
  const at::Tensor q = withDenseRows(query), k = withDenseRows(key), v = withDenseRows(value);
  const at::Tensor out = at::empty({batch, queries, heads, width}, query.options());
  auto *results = static_cast<float *>(out.mutable_data_ptr());
  const auto rows = [](const at::Tensor &x, int64_t post, int64_t head) {
    return Rows{elements<float>(x) + post * x.stride(0) + head * x.stride(1), x.stride(2)};
  };
  inParallel(batch * heads, 4, [&](int64_t first, int64_t last) {
    HeadAttention attention(queries, keys, width, static_cast<float>(scale));
    for (int64_t index = first; index < last; index++) {
      const int64_t post = index / heads, head = index % heads;
      attendTo(attention, {rows(q, post, head), rows(k, post, head), rows(v, post, head),
                           results + (post * queries * heads + head) * width, heads * width,
                           seen.defined() ? elements<bool>(seen) + post * keys : nullptr});
    }
  });
  return out.transpose(1, 2);
}

}  // namespace
}  // namespace ctorch

using namespace ctorch;

extern "C" CTTensor ct_attention_in_use(CTTensorRef query, CTTensorRef key, CTTensorRef value, CTTensorRef mask, double scale) {
  return tensor([&] { return attentionInUse(borrow(query), borrow(key), borrow(value), borrowOptional(mask), scale); });
}
