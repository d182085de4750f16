#include "Engines.hpp"
#include "Products.hpp"

#include <torch/csrc/autograd/custom_function.h>

// A frozen linear layer with an adapter of low rank (LoRA; Hu et al., 2022) as one operator: what the adapter adds goes
// right into the output, and its part of the input's gradient into that of the layer. The layer's own gradients are never
// computed, and of what it reads only the adapter's input is kept.

namespace ctorch {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Adds an output or an input gradient of the adapter to that of its layer.
void add(at::Tensor &sum, CTProduct product, const at::Tensor &a, const at::Tensor &b) {
  if (sum.scalar_type() == at::kFloat) {
    sum.addmm_(a, product == CT_OUTPUT ? b.t() : b);
  } else {
    sum.add_(layerProduct(product, a, b));
  }
}

struct AdaptedLinear : torch::autograd::Function<AdaptedLinear> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &down, const at::Tensor &up,
                            const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                            const std::optional<at::Tensor> &thinned, double scale) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto rows = denseRows(x), read = thinned ? denseRows(*thinned) : rows;
    auto dense = weight.contiguous(), a = down.contiguous(), b = up.contiguous();
    auto inner = layerProduct(CT_OUTPUT, read, a).mul_(scale);
    auto out = layerProduct(CT_OUTPUT, rows, dense, bias);
    add(out, CT_OUTPUT, inner, b);
    context->save_for_backward({read, inner, dense, a, b});
    context->saved_data["scale"] = scale;
    context->saved_data["isThinned"] = thinned.has_value();
    auto sizes = x.sizes().vec();
    context->saved_data["sizes"] = sizes;
    sizes.back() = weight.size(0);
    return out.view(sizes);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    at::NoGradGuard guard;
    auto saved = context->get_saved_variables();
    auto &read = saved[0], &inner = saved[1], &weight = saved[2], &down = saved[3], &up = saved[4];
    const bool isThinned = context->saved_data["isThinned"].toBool();
    auto sizes = context->saved_data["sizes"].toIntVector();
    auto gradient = denseRows(gradients[0]);
    auto forInner = layerProduct(CT_INPUT_GRADIENT, gradient, up).mul_(context->saved_data["scale"].toDouble());
    auto forUp = layerProduct(CT_WEIGHT_GRADIENT, gradient, inner);
    auto forDown = layerProduct(CT_WEIGHT_GRADIENT, forInner, read);
    at::Tensor forX, forThinned;
    if (context->needs_input_grad(0)) {
      forX = layerProduct(CT_INPUT_GRADIENT, gradient, weight);
      if (!isThinned) add(forX, CT_INPUT_GRADIENT, forInner, down);
      forX = forX.view(sizes);
      if (isThinned) forThinned = layerProduct(CT_INPUT_GRADIENT, forInner, down).view(sizes);
    }
    return {forX, forDown, forUp, at::Tensor(), at::Tensor(), forThinned, at::Tensor()};
  }
};

/// The same by the engine's own operators, for other devices and types of numbers.
at::Tensor composed(const at::Tensor &x, const at::Tensor &read, const at::Tensor &weight,
                    const std::optional<at::Tensor> &bias, const at::Tensor &down, const at::Tensor &up, double scale) {
  return at::linear(x, weight, bias) + at::linear(at::linear(read, down), up) * scale;
}

at::Tensor adaptedLinear(const at::Tensor &x, const std::optional<at::Tensor> &thinned, const at::Tensor &weight,
                         const std::optional<at::Tensor> &bias, const at::Tensor &down, const at::Tensor &up,
                         double scale) {
  TORCH_CHECK(!weight.requires_grad() && !(bias && bias->requires_grad()), "the layer of an adapter must be frozen");
  if (!isAutocastToBFloat16(x)) {
    const bool other = at::autocast::is_autocast_enabled(at::kCPU);
    return isOfTable(x, weight) && !other
               ? AdaptedLinear::apply(x, down, up, weight, bias, thinned, scale)
               : composed(x, thinned.value_or(x), weight, bias, down, up, scale);
  }
  c10::impl::ExcludeDispatchKeyGuard withoutAutocast(c10::DispatchKey::AutocastCPU);
  return adaptedLinear(toBFloat16(x), converted(thinned, toBFloat16), toBFloat16(weight), converted(bias, toBFloat16),
                       toBFloat16(down), toBFloat16(up), scale);
}

}  // namespace
}  // namespace ctorch

extern "C" CTTensor ct_adapted_linear(CTTensorRef x, CTTensorRef thinned, CTTensorRef weight, CTTensorRef bias,
                                      CTTensorRef down, CTTensorRef up, double scale) {
  using namespace ctorch;
  return tensor([&] {
    return adaptedLinear(borrow(x), borrowOptional(thinned), borrow(weight), borrowOptional(bias), borrow(down),
                         borrow(up), scale);
  });
}
