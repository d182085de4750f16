// Holds CTorch's own kernels, and the engines that it chooses between, against their definitions in plain C++. It needs the C
// face of CTorch alone, so that it also runs on a processor that is only imitated.

#include "ctorch.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr int32_t float32 = 6, bfloat16 = 15;  // c10::ScalarType
const CTDevice cpu = {0, -1};
int failures = 0;

using Shape = std::vector<ptrdiff_t>;
using Floats = std::vector<float>;

struct Released {
  void operator()(CTTensor tensor) const { ct_release(tensor); }
};
using Tensor = std::unique_ptr<CTTensorImpl, Released>;

Tensor checked(CTTensor tensor) {
  if (!tensor) {
    printf("failed: %s\n", ct_last_error());
    exit(1);
  }
  return Tensor(tensor);
}

Floats random(size_t count, unsigned seed) {
  Floats values(count);
  uint64_t state = seed * 2654435761u + 1;
  for (auto &value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<float>(static_cast<double>(state >> 40) / (1 << 23) - 1);
  }
  return values;
}

Tensor tensor(const Floats &values, const Shape &shape) {
  return checked(ct_from_bytes(values.data(), 4 * values.size(), shape.data(), shape.size(), float32));
}

Floats floats(CTTensorRef x) {
  size_t count = 1;
  for (ptrdiff_t i = 0; i < ct_rank(x); i++) count *= ct_size(x, i);
  auto inFloat = checked(ct_to(x, float32, cpu)), dense = checked(ct_unary(CT_CONTIGUOUS, inFloat.get()));
  Floats values(count);
  if (ct_to_bytes(dense.get(), values.data(), 4 * count) != 0) printf("failed: %s\n", ct_last_error());
  return values;
}

void expect(const std::string &name, const Floats &found, const Floats &expected, double tolerance) {
  double largest = found.size() == expected.size() ? 0 : INFINITY;
  for (size_t i = 0; i < found.size() && i < expected.size(); i++) {
    double difference = std::fabs(found[i] - expected[i]) / std::fmax(1, std::fabs(expected[i]));
    largest = difference <= largest ? largest : difference;
  }
  bool passed = largest <= tolerance;
  failures += !passed;
  printf("%s  %-40s %.1e of %.1e\n", passed ? "ok    " : "FAILED", name.c_str(), largest, tolerance);
}

/// x · weightᵀ + bias
Floats product(const Floats &x, const Floats &weight, const Floats &bias, int inputs) {
  size_t rows = x.size() / inputs, outputs = weight.size() / inputs;
  Floats y(rows * outputs);
  for (size_t r = 0; r < rows; r++) {
    for (size_t o = 0; o < outputs; o++) {
      double sum = bias.empty() ? 0 : bias[o];
      for (int i = 0; i < inputs; i++) sum += static_cast<double>(x[r * inputs + i]) * weight[o * inputs + i];
      y[r * outputs + o] = static_cast<float>(sum);
    }
  }
  return y;
}

Floats transposed(const Floats &x, size_t columns) {
  Floats y(x.size());
  size_t rows = x.size() / columns;
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) y[c * rows + r] = x[r * columns + c];
  }
  return y;
}

double gelu(double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0))); }

void linearLayers(ptrdiff_t rows) {
  const ptrdiff_t inputs = 67, outputs = 33;
  auto xs = random(rows * inputs, 1), weights = random(outputs * inputs, 2), biases = random(outputs, 3);
  auto x = tensor(xs, {rows, inputs}), weight = tensor(weights, {outputs, inputs}), bias = tensor(biases, {outputs});
  auto expected = product(xs, weights, biases, inputs);
  auto named = [&](const char *name) { return std::string(name) + ", " + std::to_string(rows) + " rows"; };
  for (auto engine : {CT_ENGINE_MKL, CT_ENGINE_ONEDNN}) {
    if (engine == CT_ENGINE_MKL && !ct_has_mkl()) continue;
    ct_use_engines(nullptr, 0, engine, engine);
    for (auto *parameter : {x.get(), weight.get()}) ct_set_requires_grad(parameter, true);
    auto y = checked(ct_linear(x.get(), weight.get(), bias.get()));
    expect(named(engine == CT_ENGINE_MKL ? "linear, MKL" : "linear, oneDNN"), floats(y.get()), expected, 1e-5);
    auto sum = checked(ct_reduce(CT_SUM, y.get(), nullptr, 0, false));
    ct_backward(sum.get());
    Floats ones(rows * outputs, 1);
    expect(named("its gradient of x"), floats(checked(ct_grad(x.get())).get()),
           product(ones, transposed(weights, inputs), {}, outputs), 1e-5);
    expect(named("its gradient of the weight"), floats(checked(ct_grad(weight.get())).get()),
           product(transposed(ones, outputs), transposed(xs, inputs), {}, rows), 1e-5);
    for (auto *parameter : {x.get(), weight.get()}) {
      ct_set_grad(parameter, nullptr);
      ct_set_requires_grad(parameter, false);
    }
  }
  bool before = ct_set_grad_enabled(false);
  auto packed = checked(ct_packed_weight(weight.get()));
  expect(named("linear, packed"), floats(checked(ct_linear(x.get(), packed.get(), bias.get())).get()), expected, 1e-5);
  auto halfX = checked(ct_to(x.get(), bfloat16, cpu)), halfWeight = checked(ct_to(weight.get(), bfloat16, cpu));
  auto half = product(floats(halfX.get()), floats(halfWeight.get()), {}, inputs);
  for (auto engine : {CT_ENGINE_ONEDNN, CT_ENGINE_ONEDNN_BF16}) {
    auto y = checked(ct_product(CT_OUTPUT, engine, halfX.get(), halfWeight.get()));
    expect(named(engine == CT_ENGINE_ONEDNN ? "bfloat16, rounded" : "bfloat16 as it is"), floats(y.get()), half, 8e-3);
  }
  // Eight bits: a scale for each row of either factor, whole numbers between -127 and 127.
  auto rounded = [&](Floats values, Floats &scales) {
    for (size_t start = 0; start < values.size(); start += inputs) {
      float largest = 0;
      for (ptrdiff_t i = 0; i < inputs; i++) largest = std::fmax(largest, std::fabs(values[start + i]));
      scales.push_back(largest / 127);
      for (ptrdiff_t i = 0; i < inputs; i++) values[start + i] = std::nearbyint(values[start + i] * (127 / largest));
    }
    return values;
  };
  Floats rowScales, outputScales;
  auto sums = product(rounded(xs, rowScales), rounded(weights, outputScales), {}, inputs);
  for (size_t i = 0; i < sums.size(); i++) {
    sums[i] = sums[i] * (outputScales[i % outputs] * rowScales[i / outputs]) + biases[i % outputs];
  }
  auto quantized = checked(ct_quantized_weight(weight.get()));
  expect(named("eight bits"), floats(checked(ct_linear(x.get(), quantized.get(), bias.get())).get()), sums, 1e-6);
  ct_set_grad_enabled(before);
}

void attention() {
  const ptrdiff_t batch = 2, heads = 3, queries = 5, keys = 19, width = 32;
  auto q = random(batch * heads * queries * width, 4), k = random(batch * heads * keys * width, 5),
       v = random(batch * heads * keys * width, 6);
  std::vector<uint8_t> seen(batch * keys);
  for (size_t i = 0; i < seen.size(); i++) seen[i] = i % 7 != 3;
  const double scale = 1 / std::sqrt(static_cast<double>(width));
  Floats scores, weights, values;
  for (ptrdiff_t head = 0; head < batch * heads; head++) {
    for (ptrdiff_t query = 0; query < queries; query++) {
      std::vector<double> exponentials(keys);
      double total = 0;
      for (ptrdiff_t key = 0; key < keys; key++) {
        double score = 0;
        for (ptrdiff_t i = 0; i < width; i++) {
          score += static_cast<double>(q[(head * queries + query) * width + i]) * k[(head * keys + key) * width + i];
        }
        scores.push_back(static_cast<float>(score));
        total += exponentials[key] = seen[head / heads * keys + key] ? std::exp(scale * score) : 0;
      }
      for (double exponential : exponentials) weights.push_back(static_cast<float>(exponential / total));
      for (ptrdiff_t i = 0; i < width; i++) {
        double value = 0;
        for (ptrdiff_t key = 0; key < keys; key++) value += exponentials[key] / total * v[(head * keys + key) * width + i];
        values.push_back(static_cast<float>(value));
      }
    }
  }
  const ptrdiff_t maskShape[] = {batch, 1, 1, keys};
  auto mask = checked(ct_from_bytes(seen.data(), seen.size(), maskShape, 4, 11));
  auto query = tensor(q, {batch, heads, queries, width}), key = tensor(k, {batch, heads, keys, width}),
       value = tensor(v, {batch, heads, keys, width}), score = tensor(scores, {batch, heads, queries, keys});
  bool before = ct_set_grad_enabled(false);
  auto inUse = checked(ct_attention_in_use(query.get(), key.get(), value.get(), mask.get(), scale));
  ct_set_grad_enabled(before);
  expect("attention in use", floats(inUse.get()), values, 1e-5);
  expect("weights of attention", floats(checked(ct_attention_weights(score.get(), mask.get(), scale, 0)).get()), weights, 1e-5);
}

void elementwise() {
  auto xs = random(1000, 7);
  Floats expected;
  for (auto &x : xs) expected.push_back(static_cast<float>(gelu(x *= 6)));
  auto x = tensor(xs, {1000});
  bool before = ct_set_grad_enabled(false);
  expect("GELU in use", floats(checked(ct_unary(CT_GELU, x.get())).get()), expected, 1e-6);
  ct_set_grad_enabled(before);
  expect("GELU", floats(checked(ct_unary(CT_GELU, x.get())).get()), expected, 1e-6);
}

void refusals() {
  auto x = tensor(random(6, 8), {2, 3}), weight = tensor(random(8, 9), {2, 4});
  CTTensor y = ct_linear(x.get(), weight.get(), nullptr);
  bool passed = y == nullptr && strlen(ct_last_error()) > 0;
  failures += !passed;
  printf("%s  a product of shapes that do not fit is an error\n", passed ? "ok    " : "FAILED");
}

}  // namespace

int main() {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  printf("libtorch %s, %s MKL\n", ct_version(), ct_has_mkl() ? "with" : "without");
  ct_set_thread_count(2);
  for (ptrdiff_t rows : {1, 5, 40, 200}) linearLayers(rows);
  attention();
  elementwise();
  refusals();
  printf(failures == 0 ? "all passed\n" : "%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
