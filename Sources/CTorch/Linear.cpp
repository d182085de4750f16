#include "Engines.hpp"
#include "Products.hpp"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

// The three products of a linear layer, each by the engine that is chosen for it, see Engines.hpp.

namespace ctorch {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

static at::Tensor throughOneDNN(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  using Scalars = c10::List<std::optional<at::Scalar>>;
  using Operator = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &,
                              std::string_view, Scalars, std::optional<std::string_view>);
  static auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Operator>();
  return handle.call(x, weight, bias, "none", Scalars(), "");
}

/// x · weightᵀ + bias of `[rows, inputs]` and `[outputs, inputs]`, both 32-bit floats or both bfloat16 numbers.
static at::Tensor multiply(CTEngine engine, const at::Tensor &x, const at::Tensor &weight,
                           const std::optional<at::Tensor> &bias) {
  if (x.scalar_type() == at::kBFloat16 && engine != CT_ENGINE_ONEDNN_BF16) {
    // A 32-bit float holds the product of two bfloat16 numbers exactly: the same comes of it as of their own instructions.
    auto inFloat = [](const at::Tensor &x) { return x.to(at::kFloat); };
    return multiply(engine, inFloat(x), inFloat(weight), converted(bias, inFloat)).to(at::kBFloat16);
  }
  c10::impl::ExcludeDispatchKeyGuard withoutAutocast(c10::DispatchKey::AutocastCPU);
  switch (engine) {
    case CT_ENGINE_ONEDNN: return throughOneDNN(x, weight, bias);
    default: return at::linear(x, weight, bias);
  }
}

/// One of the products by an engine; all matrices are dense.
/// - output: x · weightᵀ + bias, of `[rows, inputs]` and `[outputs, inputs]`.
/// - input gradient: gradient · weight, of `[rows, outputs]` and `[outputs, inputs]`.
/// - weight gradient: gradientᵀ · x, of `[rows, outputs]` and `[rows, inputs]`.
static at::Tensor multiply(CTProduct product, CTEngine engine, const at::Tensor &a, const at::Tensor &b,
                           const std::optional<at::Tensor> &bias = std::nullopt) {
  switch (product) {
    case CT_OUTPUT: return multiply(engine, a, b, bias);
    case CT_INPUT_GRADIENT: return multiply(engine, a, b.t(), std::nullopt);
    case CT_WEIGHT_GRADIENT: return multiply(engine, a.t(), b.t(), std::nullopt);
  }
  TORCH_CHECK(false, "no such product: ", static_cast<int>(product));
}

at::Tensor layerProduct(CTProduct product, const at::Tensor &a, const at::Tensor &b,
                        const std::optional<at::Tensor> &bias) {
  const int64_t inputs = b.size(1), outputs = product == CT_OUTPUT ? b.size(0) : a.size(1);
  auto chosen = engine(product, a.scalar_type() == at::kBFloat16, a.size(0), inputs, outputs);
  return multiply(product, chosen, a, b, bias);
}

at::Tensor denseRows(const at::Tensor &x) { return x.reshape({-1, x.size(-1)}).contiguous(); }

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const std::optional<at::Tensor> &bias) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto rows = denseRows(x), dense = weight.contiguous();
    context->save_for_backward({weight.requires_grad() ? rows : at::Tensor(), dense});
    context->saved_data["learnsBias"] = bias && bias->requires_grad();
    auto sizes = x.sizes().vec();
    context->saved_data["sizes"] = sizes;
    sizes.back() = weight.size(0);
    return layerProduct(CT_OUTPUT, rows, dense, bias).view(sizes);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    at::NoGradGuard guard;
    auto saved = context->get_saved_variables();
    auto &rows = saved[0], &weight = saved[1];
    auto gradient = denseRows(gradients[0]);
    at::Tensor forX, forWeight, forBias;
    if (context->needs_input_grad(0)) {
      forX = layerProduct(CT_INPUT_GRADIENT, gradient, weight).view(context->saved_data["sizes"].toIntVector());
    }
    if (context->needs_input_grad(1)) forWeight = layerProduct(CT_WEIGHT_GRADIENT, gradient, rows);
    if (context->saved_data["learnsBias"].toBool()) forBias = gradient.sum(0);
    return {forX, forWeight, forBias};
  }
};

/// The engine's own operator says what is wrong with shapes that do not fit.
bool isOfTable(const at::Tensor &x, const at::Tensor &weight) {
  if (x.dim() == 0 || weight.dim() != 2 || x.size(-1) != weight.size(1) || x.numel() == 0) return false;
  return x.device().is_cpu() && x.scalar_type() == weight.scalar_type() &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

/// The layout does not depend on the rows, as long as there is more than one.
static at::Tensor packedWeight(const at::Tensor &weight) {
  using Operator = at::Tensor(const at::Tensor &, std::optional<c10::SymInt>);
  static auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", "").typed<Operator>();
  at::NoGradGuard guard;
  return handle.call(weight.detach().contiguous(), c10::SymInt(48));
}

static at::Tensor packedLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  TORCH_CHECK(!needsGradient(x), "a packed layer has no gradient");
  TORCH_CHECK(x.dim() > 0 && x.size(-1) == weight.size(1), "a packed layer of ", weight.size(1), " inputs got ", x.sizes());
  c10::impl::ExcludeDispatchKeyGuard withoutAutocast(c10::DispatchKey::AutocastCPU);
  at::NoGradGuard guard;
  at::AutoDispatchBelowADInplaceOrView below;
  auto sizes = x.sizes().vec();
  sizes.back() = weight.size(0);
  auto rows = x.to(at::kFloat).reshape({-1, x.size(-1)}).contiguous();
  return rows.numel() == 0 ? at::empty(sizes, rows.options()) : throughOneDNN(rows, weight, bias).view(sizes);
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  if (weight.is_mkldnn()) return packedLinear(x, weight, bias);
  if (weight.dim() == 3) return panelLinear(x, weight, bias.value_or(at::Tensor()));
  if (weight.scalar_type() == at::kChar) return quantizedLinear(x, weight, bias);
  if (!isAutocastToBFloat16(x)) {
    bool other = at::autocast::is_autocast_enabled(at::kCPU);
    return isOfTable(x, weight) && !other ? Linear::apply(x, weight, bias) : at::linear(x, weight, bias);
  }
  c10::impl::ExcludeDispatchKeyGuard withoutAutocast(c10::DispatchKey::AutocastCPU);
  auto halfX = toBFloat16(x), halfWeight = toBFloat16(weight);
  auto halfBias = converted(bias, toBFloat16);
  return isOfTable(halfX, halfWeight) ? Linear::apply(halfX, halfWeight, halfBias)
                                      : at::linear(halfX, halfWeight, halfBias);
}

at::Tensor floatLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  return Linear::apply(x, weight, bias);
}

}  // namespace ctorch

using namespace ctorch;

extern "C" {

CTTensor ct_product(CTProduct product, CTEngine engine, CTTensorRef a, CTTensorRef b) {
  return tensor([&] {
    at::NoGradGuard guard;
    return multiply(product, engine, borrow(a), borrow(b));
  });
}

CTTensor ct_packed_weight(CTTensorRef weight) {
  return tensor([&] { return packedWeight(borrow(weight)); });
}

}  // extern "C"
