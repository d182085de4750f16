#include "Internal.hpp"
#include "Vectorized.hpp"

#include <torch/csrc/autograd/custom_function.h>

// Scores of pairs of rows, gelu(left[i] + right[j]) · weightᵀ + bias. The hidden values of all pairs would fill gigabytes
// and be read from memory many times over, so they are made in parts that stay in the cache, and made again for the
// gradient.

namespace ctorch {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Pairs a part.
constexpr int64_t part = 1024;

VECTORIZED void addRows(float *out, const float *left, const float *right, const int64_t *rows, const int64_t *columns,
                        int64_t count, int64_t width) {
  for (int64_t pair = 0; pair < count; pair++) {
    const float *a = left + rows[pair] * width, *b = right + columns[pair] * width;
    float *to = out + pair * width;
    for (int64_t k = 0; k < width; k++) to[k] = a[k] + b[k];
  }
}

/// Adds row after row to those that `index` names, in the columns from `first` to before `last`.
VECTORIZED void scatterRows(float *to, const float *from, const int64_t *index, int64_t count, int64_t width,
                            int64_t first, int64_t last) {
  for (int64_t pair = 0; pair < count; pair++) {
    float *sum = to + index[pair] * width;
    const float *row = from + pair * width;
    for (int64_t k = first; k < last; k++) sum[k] += row[k];
  }
}

struct Pairs {
  at::Tensor left, right, rows, columns;

  int64_t count() const { return rows.numel(); }

  /// left[i] + right[j] of the pairs of a part.
  at::Tensor sums(int64_t start, int64_t length) const {
    const int64_t width = left.size(1);
    auto out = at::empty({length, width}, left.options());
    auto *to = out.mutable_data_ptr<float>();
    const auto *i = elements<int64_t>(rows) + start, *j = elements<int64_t>(columns) + start;
    const auto *a = elements<float>(left), *b = elements<float>(right);
    inParallel(length, 64, [&](int64_t first, int64_t last) {
      addRows(to + first * width, a, b, i + first, j + first, last - first, width);
    });
    return out;
  }
};

void scatter(const at::Tensor &to, const at::Tensor &from, const at::Tensor &index, int64_t start) {
  auto *sums = to.mutable_data_ptr<float>();
  const auto *values = elements<float>(from);
  const auto *names = elements<int64_t>(index) + start;
  inParallel(to.size(1), 64, [&](int64_t first, int64_t last) {
    scatterRows(sums, values, names, from.size(0), to.size(1), first, last);
  });
}

template <typename Body>
void forEachPart(int64_t count, Body &&body) {
  for (int64_t start = 0; start < count; start += part) body(start, std::min(part, count - start));
}

struct PairScores : torch::autograd::Function<PairScores> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &left, const at::Tensor &right,
                            const at::Tensor &rows, const at::Tensor &columns, const at::Tensor &weight,
                            const at::Tensor &bias) {
    at::AutoDispatchBelowADInplaceOrView below;
    const Pairs pairs{left.contiguous(), right.contiguous(), rows.contiguous(), columns.contiguous()};
    auto scores = at::empty({pairs.count(), weight.size(0)}, left.options());
    forEachPart(pairs.count(), [&](int64_t start, int64_t length) {
      auto hidden = pairs.sums(start, length);
      at::gelu_(hidden);
      scores.narrow(0, start, length).copy_(floatLinear(hidden, weight, bias));
    });
    context->save_for_backward({pairs.left, pairs.right, pairs.rows, pairs.columns, weight});
    return scores;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    at::NoGradGuard guard;
    auto saved = context->get_saved_variables();
    const Pairs pairs{saved[0], saved[1], saved[2], saved[3]};
    const auto weight = saved[4].contiguous(), gradient = gradients[0].contiguous();
    auto forLeft = at::zeros_like(pairs.left), forRight = at::zeros_like(pairs.right);
    auto forWeight = at::zeros_like(weight);
    const auto transposed = weight.t().contiguous();
    forEachPart(pairs.count(), [&](int64_t start, int64_t length) {
      auto sums = pairs.sums(start, length);
      auto above = gradient.narrow(0, start, length);
      forWeight.addmm_(above.t(), at::gelu(sums));
      auto below = at::gelu_backward(floatLinear(above, transposed, std::nullopt), sums);
      scatter(forLeft, below, pairs.rows, start);
      scatter(forRight, below, pairs.columns, start);
    });
    return {forLeft, forRight, at::Tensor(), at::Tensor(), forWeight, gradient.sum(0)};
  }
};

void check(const at::Tensor &left, const at::Tensor &right, const at::Tensor &rows, const at::Tensor &columns,
           const at::Tensor &weight) {
  TORCH_CHECK(left.dim() == 2 && right.dim() == 2 && left.size(1) == right.size(1) && left.size(1) == weight.size(1),
              "pairs need rows of one width, not ", left.sizes(), ", ", right.sizes(), " and ", weight.sizes());
  TORCH_CHECK(rows.scalar_type() == at::kLong && columns.scalar_type() == at::kLong && rows.dim() == 1 &&
                  rows.sizes() == columns.sizes(),
              "pairs need as many rows as columns");
  if (rows.numel() == 0) return;
  for (const auto &[index, table] : {std::pair(rows, left), std::pair(columns, right)}) {
    TORCH_CHECK(index.min().item<int64_t>() >= 0 && index.max().item<int64_t>() < table.size(0),
                "a pair names a row beyond the ", table.size(0), " there are");
  }
}

}  // namespace
}  // namespace ctorch

extern "C" CTTensor ct_pair_scores(CTTensorRef left, CTTensorRef right, CTTensorRef rows, CTTensorRef columns,
                                   CTTensorRef weight, CTTensorRef bias) {
  using namespace ctorch;
  return tensor([&] {
    auto a = borrow(left), b = borrow(right), i = borrow(rows), j = borrow(columns), w = borrow(weight);
    check(a, b, i, j, w);
    return PairScores::apply(a, b, i, j, w, borrow(bias));
  });
}
