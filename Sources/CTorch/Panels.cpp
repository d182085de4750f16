#include "Internal.hpp"
#include "Vectorized.hpp"

#include <ATen/Version.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

// Linear layers in use whose weights are laid out once in panels, for products of few rows: what a library spends on preparing a
// product is much of the time of one post. The sums of a row are added up in the order of the inputs, so that what comes of it
// does not depend on other rows.

namespace ctorch {

namespace {

/// Rows that are multiplied by a panel before the next: with 1,536 inputs they stay in the second cache.
constexpr int64_t blockRows = 48;
/// Multiplications for which another thread is worth waking.
constexpr int64_t threadGrain = 1 << 19;
/// Outputs of a panel, and rows of a tile, at most.
constexpr int64_t widest = 32, mostTileRows = 12;

/// The numbers of a cache line.
constexpr int64_t lineWidth = 16;

/// Some rows by the outputs of a panel.
struct Tile {
  /// `[rows, inputs]`, dense
  const float *x;
  int64_t inputs;
  /// `[inputs, width]`
  const float *weights;
  /// What is read next, and comes nearer meanwhile.
  const float *next;
  /// What the sums begin with, `[width]`
  const float *bias;
  /// Row after row, `stride` apart
  float *out;
  int64_t stride;
};

/// How a processor multiplies.
struct Kernel {
  /// Outputs of a panel.
  int64_t width;
  /// Of 1 row, 2 rows and so on: as many as have their sums in registers.
  std::vector<void (*)(const Tile &)> tiles;
};

#if defined(__x86_64__)

template <int64_t lanes>
struct Vectors {
  typedef float Lanes __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float))));
  static INLINED const Lanes &at(const float *x) { return *reinterpret_cast<const Lanes *>(x); }
  static INLINED Lanes &at(float *x) { return *reinterpret_cast<Lanes *>(x); }
};

/// A panel of two vectors.
template <int64_t lanes, int64_t rows>
INLINED void multiply(const Tile &tile) {
  using V = Vectors<lanes>;
  typename V::Lanes sums[rows][2];
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t half = 0; half < 2; half++) sums[r][half] = V::at(tile.bias + half * lanes);
  }
  for (int64_t i = 0; i < tile.inputs; i++) {
    for (int64_t t = 0; t < 2 * lanes; t += lineWidth) __builtin_prefetch(tile.next + i * 2 * lanes + t, 0, 2);
    const auto first = V::at(tile.weights + i * 2 * lanes), second = V::at(tile.weights + (i * 2 + 1) * lanes);
    for (int64_t r = 0; r < rows; r++) {
      const float x = tile.x[r * tile.inputs + i];
      sums[r][0] += x * first;
      sums[r][1] += x * second;
    }
  }
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t half = 0; half < 2; half++) V::at(tile.out + r * tile.stride + half * lanes) = sums[r][half];
  }
}

template <int64_t rows>
__attribute__((target("avx2,fma"))) void multiplyBy8(const Tile &tile) { multiply<8, rows>(tile); }

template <int64_t rows>
__attribute__((target("avx512f"))) void multiplyBy16(const Tile &tile) { multiply<16, rows>(tile); }

template <int64_t... rows>
Kernel kernelBy8(std::integer_sequence<int64_t, rows...>) { return {16, {multiplyBy8<rows + 1>...}}; }

template <int64_t... rows>
Kernel kernelBy16(std::integer_sequence<int64_t, rows...>) { return {32, {multiplyBy16<rows + 1>...}}; }

#endif

/// The kernel for the processor, within the bounds that ATEN_CPU_CAPABILITY sets; without tiles where there is none.
const Kernel &kernel() {
  static const Kernel chosen = [] {
#if defined(__x86_64__)
    const std::string bound = at::get_cpu_capability();
    if (bound.starts_with("AVX512") && __builtin_cpu_supports("avx512f")) {
      return kernelBy16(std::make_integer_sequence<int64_t, mostTileRows>());
    }
    if (bound.starts_with("AVX") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      return kernelBy8(std::make_integer_sequence<int64_t, 6>());
    }
#endif
    return Kernel{};
  }();
  return chosen;
}

int64_t panelsOf(int64_t outputs, int64_t width) { return (outputs + width - 1) / width; }

/// A layer, and where its outputs go.
struct Layer {
  /// `[panels, inputs, width]`
  const float *weights;
  /// `[outputs]`
  const float *bias;
  int64_t outputs, panels;
  /// Row after row, as far apart as those of the pass
  float *out;
};

/// Rows that some layers read.
struct Pass {
  std::vector<Layer> layers;
  const float *x;
  int64_t rows, inputs;
  int64_t stride;
  /// Whether GELU is taken of the outputs.
  bool takesGelu;

  void run() const;
  void multiply(int64_t row, int64_t count, int64_t first, int64_t last) const;
  void multiply(const Layer &layer, int64_t row, int64_t count, int64_t panel) const;
};

/// Some rows by a panel, in tiles of about as many rows each.
void Pass::multiply(const Layer &layer, int64_t row, int64_t count, int64_t panel) const {
  const Kernel &kernel = ctorch::kernel();
  const int64_t first = panel * kernel.width, width = std::min(kernel.width, layer.outputs - first);
  const bool isWhole = width == kernel.width;
  const float *weights = layer.weights + panel * inputs * kernel.width;
  const float *following = panel + 1 < layer.panels ? weights + inputs * kernel.width : weights;
  std::array<float, widest> bias = {};
  std::array<float, mostTileRows * widest> margin;
  std::copy_n(layer.bias + first, width, bias.data());
  const int64_t most = static_cast<int64_t>(kernel.tiles.size()), tiles = (count + most - 1) / most;
  for (int64_t t = 0; t < tiles; t++) {
    const int64_t from = row + count * t / tiles, tileRows = row + count * (t + 1) / tiles - from;
    float *out = layer.out + from * stride + first;
    kernel.tiles[tileRows - 1]({x + from * inputs, inputs, weights, t + 1 < tiles ? weights : following, bias.data(),
                                isWhole ? out : margin.data(), isWhole ? stride : kernel.width});
    for (int64_t r = 0; r < tileRows && !isWhole; r++) {
      std::copy_n(margin.data() + r * kernel.width, width, out + r * stride);
    }
  }
}

/// Some rows by a range of panels, which are numbered through all layers.
void Pass::multiply(int64_t row, int64_t count, int64_t first, int64_t last) const {
  const int64_t width = kernel().width;
  for (const Layer &layer : layers) {
    const int64_t from = std::max<int64_t>(first, 0), to = std::min(last, layer.panels);
    for (int64_t panel = from; panel < to; panel++) multiply(layer, row, count, panel);
    const int64_t columns = std::min(to * width, layer.outputs) - from * width;
    for (int64_t r = row; r < row + count && takesGelu && from < to; r++) {
      geluInPlace(layer.out + r * stride + from * width, columns);
    }
    first -= layer.panels;
    last -= layer.panels;
  }
}

/// Threads take blocks of rows, and panels of one.
void Pass::run() const {
  int64_t panels = 0;
  for (const Layer &layer : layers) panels += layer.panels;
  const int64_t blocks = (rows + blockRows - 1) / blockRows;
  const int64_t cost = std::min(rows, blockRows) * inputs * kernel().width;
  inParallel(blocks * panels, threadGrain / std::max<int64_t>(cost, 1) + 1, [&](int64_t first, int64_t last) {
    while (first < last) {
      const int64_t block = first / panels, row = block * blockRows, end = std::min(last, (block + 1) * panels);
      multiply(row, std::min(blockRows, rows - row), first - block * panels, end - block * panels);
      first = end;
    }
  });
}

at::Tensor panelWeight(const at::Tensor &weight) {
  TORCH_CHECK(!kernel().tiles.empty(), "this processor has no instructions for layers in panels");
  TORCH_CHECK(weight.dim() == 2 && weight.scalar_type() == at::kFloat && weight.is_cpu(),
              "the weights of a layer are a matrix of 32-bit floats on the CPU");
  at::NoGradGuard guard;
  const int64_t outputs = weight.size(0), inputs = weight.size(1), width = kernel().width;
  const int64_t panels = panelsOf(outputs, width);
  const at::Tensor padded = at::constant_pad_nd(weight.detach(), {0, 0, 0, panels * width - outputs});
  return padded.view({panels, width, inputs}).transpose(1, 2).contiguous();
}

}  // namespace

at::Tensor panelLinear(const at::Tensor &x, at::ArrayRef<at::Tensor> weights, at::ArrayRef<at::Tensor> biases,
                       bool takesGelu) {
  TORCH_CHECK(!needsGradient(x), "a layer in panels has no gradient");
  TORCH_CHECK(x.dim() > 0, "a layer in panels takes rows, not a number");
  at::NoGradGuard guard;
  const at::Tensor dense = x.detach().to(at::kFloat).contiguous();
  const int64_t inputs = x.size(-1);
  Pass pass{{}, elements<float>(dense), 0, inputs, 0, takesGelu};
  for (size_t i = 0; i < weights.size(); i++) {
    const at::Tensor &weight = weights[i], &bias = biases[i];
    TORCH_CHECK(bias.defined() && bias.scalar_type() == at::kFloat && bias.is_contiguous(),
                "a layer in panels has a bias of 32-bit floats");
    const int64_t outputs = bias.size(0), panels = panelsOf(outputs, kernel().width);
    TORCH_CHECK(weight.dim() == 3 && weight.size(0) == panels && weight.size(1) == inputs && weight.size(2) == kernel().width,
                "the panels ", weight.sizes(), " are not those of ", inputs, " inputs and ", outputs, " outputs");
    pass.layers.push_back({elements<float>(weight), elements<float>(bias), outputs, panels, nullptr});
    pass.stride += outputs;
  }
  auto sizes = x.sizes().vec();
  sizes.back() = pass.stride;
  const at::Tensor out = at::empty(sizes, dense.options());
  if (out.numel() == 0) return out;
  pass.rows = out.numel() / pass.stride;
  auto *place = static_cast<float *>(out.mutable_data_ptr());
  for (Layer &layer : pass.layers) {
    layer.out = place;
    place += layer.outputs;
  }
  pass.run();
  return out;
}

}  // namespace ctorch

using namespace ctorch;

extern "C" {

bool ct_has_panels(void) { return !kernel().tiles.empty(); }

CTTensor ct_panel_weight(CTTensorRef weight) {
  return tensor([&] { return panelWeight(borrow(weight)); });
}

CTTensor ct_panel_linear(CTTensorRef x, CTTensorRef const *weights, CTTensorRef const *biases, ptrdiff_t count, bool gelu) {
  return tensor([&] { return panelLinear(borrow(x), borrowAll(weights, count), borrowAll(biases, count), gelu); });
}

}  // extern "C"
