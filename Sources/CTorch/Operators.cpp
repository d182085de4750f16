#include "Internal.hpp"
#include "Products.hpp"
#include "Vectorized.hpp"

using namespace ctorch;
using at::IntArrayRef;

namespace {

template <typename Right>
at::Tensor binary(CTBinary op, const at::Tensor &a, const Right &b) {
  switch (op) {
    case CT_ADD: return at::add(a, b);
    case CT_SUBTRACT: return at::sub(a, b);
    case CT_MULTIPLY: return at::mul(a, b);
    case CT_DIVIDE: return at::div(a, b);
    case CT_EQUAL: return at::eq(a, b);
    case CT_LESS: return at::lt(a, b);
    case CT_GREATER: return at::gt(a, b);
    default: TORCH_CHECK(false, "no such binary operator: ", static_cast<int>(op));
  }
}

/// Whether x has 32-bit floats on the CPU, and no gradient is asked for.
bool isPlain(const at::Tensor &x) {
  return x.is_cpu() && x.scalar_type() == at::kFloat && !needsGradient(x);
}

}  // namespace

extern "C" {

// Lifetime and creation

void ct_retain(CTTensorRef handle) {
  if (handle) c10::raw::intrusive_ptr::incref(reinterpret_cast<c10::TensorImpl *>(const_cast<CTTensorImpl *>(handle)));
}

void ct_release(CTTensorRef handle) {
  if (!handle) return;
  auto *impl = reinterpret_cast<c10::TensorImpl *>(const_cast<CTTensorImpl *>(handle));
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl);
}

CTTensor ct_empty(const ptrdiff_t *sizes, ptrdiff_t rank, int32_t dtype, CTDevice device) {
  return tensor([&] { return at::empty(IntArrayRef(sizes, rank), options(dtype, device)); });
}

CTTensor ct_full(const ptrdiff_t *sizes, ptrdiff_t rank, double value, int32_t dtype, CTDevice device) {
  return tensor([&] {
    return value == 0 ? at::zeros(IntArrayRef(sizes, rank), options(dtype, device))
                      : at::full(IntArrayRef(sizes, rank), value, options(dtype, device));
  });
}

CTTensor ct_randn(const ptrdiff_t *sizes, ptrdiff_t rank, int32_t dtype, CTDevice device) {
  return tensor([&] { return at::randn(IntArrayRef(sizes, rank), options(dtype, device)); });
}

CTTensor ct_arange(ptrdiff_t count, int32_t dtype, CTDevice device) {
  return tensor([&] { return at::arange(static_cast<int64_t>(count), options(dtype, device)); });
}

CTTensor ct_from_bytes(const void *bytes, size_t byte_count, const ptrdiff_t *sizes, ptrdiff_t rank, int32_t dtype) {
  return tensor([&] {
    auto result = at::empty(IntArrayRef(sizes, rank), options(dtype, {0, -1}));
    TORCH_CHECK(result.nbytes() == byte_count, byte_count, " bytes were given for a tensor of ", result.nbytes());
    if (byte_count > 0) std::memcpy(result.data_ptr(), bytes, byte_count);
    return result;
  });
}

CTTensor ct_from_blob(void *bytes, const ptrdiff_t *sizes, const ptrdiff_t *strides, ptrdiff_t rank, int32_t dtype,
                      void *owner, void (*release)(void *owner)) {
  return tensor([&] {
    return at::from_blob(bytes, IntArrayRef(sizes, rank), IntArrayRef(strides, rank),
                         [owner, release](void *) { release(owner); }, options(dtype, {0, -1}));
  });
}

// Inspection

ptrdiff_t ct_rank(CTTensorRef x) { return borrow(x).dim(); }

ptrdiff_t ct_size(CTTensorRef x, ptrdiff_t dimension) {
  return guarded<ptrdiff_t>(-1, [&] { return borrow(x).size(dimension); });
}

int32_t ct_dtype(CTTensorRef x) { return static_cast<int32_t>(borrow(x).scalar_type()); }

CTDevice ct_device(CTTensorRef x) {
  auto device = borrow(x).device();
  return {static_cast<int32_t>(device.type()), device.index()};
}

bool ct_requires_grad(CTTensorRef x) { return borrow(x).requires_grad(); }

const void *ct_contiguous_data(CTTensorRef x) {
  auto t = borrow(x);
  return t.device().is_cpu() && t.is_contiguous() ? t.const_data_ptr() : nullptr;
}

CTStatus ct_item(CTTensorRef x, double *value) {
  return status([&] { *value = borrow(x).item().toDouble(); });
}

CTStatus ct_to_bytes(CTTensorRef x, void *bytes, size_t byte_count) {
  return status([&] {
    auto t = borrow(x).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(t.nbytes() == byte_count, "room for ", byte_count, " bytes was given for a tensor of ", t.nbytes());
    if (byte_count > 0) std::memcpy(bytes, t.const_data_ptr(), byte_count);
  });
}

// Element-wise operators

CTTensor ct_unary(CTUnary op, CTTensorRef handle) {
  return tensor([&]() -> at::Tensor {
    auto x = borrow(handle);
    switch (op) {
      case CT_NEGATE: return at::neg(x);
      case CT_ABS: return at::abs(x);
      case CT_EXP: return at::exp(x);
      case CT_LOG: return at::log(x);
      case CT_SQRT: return at::sqrt(x);
      case CT_TANH: return at::tanh(x);
      case CT_SIGMOID: return at::sigmoid(x);
      case CT_RELU: return at::relu(x);
      case CT_GELU: return isPlain(x) ? geluInUse(x) : at::gelu(x);
      case CT_GELU_TANH: return at::gelu(x, "tanh");
      case CT_SQUARE: return at::mul(x, x);
      case CT_LOGICAL_NOT: return at::logical_not(x);
      case CT_DETACH: return x.detach();
      case CT_CONTIGUOUS: return x.contiguous();
      case CT_CHANNELS_LAST: return x.contiguous(at::MemoryFormat::ChannelsLast);
      case CT_IS_FINITE: return at::isfinite(x);
      case CT_COS: return at::cos(x);
      case CT_SIN: return at::sin(x);
    }
    TORCH_CHECK(false, "no such unary operator: ", static_cast<int>(op));
  });
}

CTTensor ct_binary(CTBinary op, CTTensorRef a, CTTensorRef b) {
  return tensor([&]() -> at::Tensor {
    switch (op) {
      case CT_MAXIMUM: return at::maximum(borrow(a), borrow(b));
      case CT_MINIMUM: return at::minimum(borrow(a), borrow(b));
      case CT_AND: return at::logical_and(borrow(a), borrow(b));
      case CT_OR: return at::logical_or(borrow(a), borrow(b));
      default: return binary(op, borrow(a), borrow(b));
    }
  });
}

CTTensor ct_binary_scalar(CTBinary op, CTTensorRef a, double b) {
  return tensor([&] { return binary(op, borrow(a), at::Scalar(b)); });
}

CTTensor ct_clamp(CTTensorRef x, double low, double high) {
  return tensor([&] { return at::clamp(borrow(x), at::Scalar(low), at::Scalar(high)); });
}

CTTensor ct_where(CTTensorRef condition, CTTensorRef a, CTTensorRef b) {
  return tensor([&] { return at::where(borrow(condition), borrow(a), borrow(b)); });
}

CTTensor ct_masked_fill(CTTensorRef x, CTTensorRef mask, double value) {
  return tensor([&] { return at::masked_fill(borrow(x), borrow(mask), value); });
}

CTTensor ct_to(CTTensorRef x, int32_t dtype, CTDevice device) {
  return tensor([&] { return borrow(x).to(options(dtype, device)); });
}

// Reductions

CTTensor ct_reduce(CTReduction op, CTTensorRef handle, const ptrdiff_t *dimensions, ptrdiff_t rank, bool keep) {
  return tensor([&]() -> at::Tensor {
    auto x = borrow(handle);
    std::vector<int64_t> over(dimensions, dimensions + rank);
    for (int64_t dimension = 0; rank == 0 && dimension < x.dim(); dimension++) over.push_back(dimension);
    switch (op) {
      case CT_SUM: return at::sum(x, over, keep);
      case CT_MEAN: return at::mean(x, over, keep);
      case CT_AMAX: return at::amax(x, over, keep);
      case CT_AMIN: return at::amin(x, over, keep);
      case CT_LOG_SUM_EXP: return at::logsumexp(x, over, keep);
    }
    TORCH_CHECK(false, "no such reduction: ", static_cast<int>(op));
  });
}

CTTensor ct_cumulative_sum(CTTensorRef x, ptrdiff_t dimension) {
  return tensor([&] { return at::cumsum(borrow(x), dimension); });
}

CTTensor ct_argmax(CTTensorRef x, ptrdiff_t dimension) {
  return tensor([&] { return at::argmax(borrow(x), dimension); });
}

CTTensor ct_norm(CTTensorRef x, ptrdiff_t dimension, bool keep) {
  return tensor([&] { return at::linalg_vector_norm(borrow(x), 2, IntArrayRef(&dimension, 1), keep); });
}

CTTensor ct_softmax(CTTensorRef x, ptrdiff_t dimension) {
  return tensor([&] { return at::softmax(borrow(x), dimension); });
}

CTTensor ct_log_softmax(CTTensorRef x, ptrdiff_t dimension) {
  return tensor([&] { return at::log_softmax(borrow(x), dimension); });
}

// Shape

CTTensor ct_view(CTTensorRef x, const ptrdiff_t *sizes, ptrdiff_t rank) {
  return tensor([&] { return borrow(x).view(IntArrayRef(sizes, rank)); });
}

CTTensor ct_reshape(CTTensorRef x, const ptrdiff_t *sizes, ptrdiff_t rank) {
  return tensor([&] { return borrow(x).reshape(IntArrayRef(sizes, rank)); });
}

CTTensor ct_expand(CTTensorRef x, const ptrdiff_t *sizes, ptrdiff_t rank) {
  return tensor([&] { return borrow(x).expand(IntArrayRef(sizes, rank)); });
}

CTTensor ct_permute(CTTensorRef x, const ptrdiff_t *order, ptrdiff_t rank) {
  return tensor([&] { return borrow(x).permute(IntArrayRef(order, rank)); });
}

CTTensor ct_transpose(CTTensorRef x, ptrdiff_t a, ptrdiff_t b) {
  return tensor([&] { return borrow(x).transpose(a, b); });
}

CTTensor ct_squeeze(CTTensorRef x, ptrdiff_t dimension) {
  return tensor([&] { return borrow(x).squeeze(dimension); });
}

CTTensor ct_unsqueeze(CTTensorRef x, ptrdiff_t dimension) {
  return tensor([&] { return borrow(x).unsqueeze(dimension); });
}

CTTensor ct_select(CTTensorRef x, ptrdiff_t dimension, ptrdiff_t index) {
  return tensor([&] { return borrow(x).select(dimension, index); });
}

CTTensor ct_narrow(CTTensorRef x, ptrdiff_t dimension, ptrdiff_t start, ptrdiff_t length) {
  return tensor([&] { return borrow(x).narrow(dimension, start, length); });
}

CTTensor ct_concatenate(CTTensorRef const *parts, ptrdiff_t count, ptrdiff_t dimension) {
  return tensor([&] { return at::cat(borrowAll(parts, count), dimension); });
}

CTTensor ct_pad(CTTensorRef x, const ptrdiff_t *amounts, ptrdiff_t count, double value) {
  return tensor([&] { return at::constant_pad_nd(borrow(x), IntArrayRef(amounts, count), value); });
}

CTTensor ct_gather(CTTensorRef x, ptrdiff_t dimension, CTTensorRef index) {
  return tensor([&] { return at::gather(borrow(x), dimension, borrow(index)); });
}

CTTensor ct_index_select(CTTensorRef x, ptrdiff_t dimension, CTTensorRef index) {
  return tensor([&] { return at::index_select(borrow(x), dimension, borrow(index)); });
}

CTTensor ct_index_add(CTTensorRef x, ptrdiff_t dimension, CTTensorRef index, CTTensorRef source) {
  return tensor([&] { return at::index_add(borrow(x), dimension, borrow(index), borrow(source)); });
}

// Neural network operators

CTTensor ct_matmul(CTTensorRef a, CTTensorRef b) {
  return tensor([&] {
    return product([](const auto &a, const auto &b) { return at::matmul(a, b); }, borrow(a), borrow(b));
  });
}

CTTensor ct_linear(CTTensorRef x, CTTensorRef weight, CTTensorRef bias) {
  return tensor([&] { return ctorch::linear(borrow(x), borrow(weight), borrowOptional(bias)); });
}

CTTensor ct_layer_norm(CTTensorRef x, CTTensorRef weight, CTTensorRef bias, ptrdiff_t width, double epsilon) {
  return tensor([&] {
    const auto input = borrow(x);
    std::optional<ctorch::OneThread> alone;
    if (input.numel() < 32768) alone.emplace();
    return at::layer_norm(input, IntArrayRef(&width, 1), borrowOptional(weight), borrowOptional(bias), epsilon);
  });
}

CTTensor ct_embedding(CTTensorRef weight, CTTensorRef indices, ptrdiff_t padding_index) {
  return tensor([&] { return at::embedding(borrow(weight), borrow(indices), padding_index); });
}

CTTensor ct_attention(CTTensorRef query, CTTensorRef key, CTTensorRef value, CTTensorRef mask) {
  return tensor([&] {
    auto attend = [seen = borrowOptional(mask)](const auto &query, const auto &key, const auto &value) {
      return at::scaled_dot_product_attention(query, key, value, seen);
    };
    return product(attend, borrow(query), borrow(key), borrow(value));
  });
}

CTTensor ct_cross_entropy(CTTensorRef logits, CTTensorRef targets, ptrdiff_t ignored) {
  return tensor([&] {
    return at::cross_entropy_loss(borrow(logits), borrow(targets), {}, at::Reduction::Mean, ignored);
  });
}

CTTensor ct_conv2d(CTTensorRef x, CTTensorRef weight, CTTensorRef bias, ptrdiff_t stride, ptrdiff_t padding,
                   ptrdiff_t groups) {
  return tensor([&] {
    ptrdiff_t strides[] = {stride, stride}, paddings[] = {padding, padding}, dilations[] = {1, 1};
    auto convolve = [&](const auto &x, const auto &weight, const auto &bias) {
      return at::conv2d(x, weight, bias, IntArrayRef(strides, 2), IntArrayRef(paddings, 2), IntArrayRef(dilations, 2),
                        groups);
    };
    return product(convolve, borrow(x), borrow(weight), borrowOptional(bias));
  });
}

CTTensor ct_batch_norm(CTTensorRef x, CTTensorRef weight, CTTensorRef bias, CTTensorRef mean, CTTensorRef variance,
                       bool training, double momentum, double epsilon) {
  return tensor([&] {
    return at::batch_norm(borrow(x), borrowOptional(weight), borrowOptional(bias), borrowOptional(mean),
                          borrowOptional(variance), training, momentum, epsilon, false);
  });
}

CTTensor ct_max_pool2d(CTTensorRef x, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t padding) {
  return tensor([&] { return at::max_pool2d(borrow(x), {kernel, kernel}, {stride, stride}, {padding, padding}); });
}

}  // extern "C"
