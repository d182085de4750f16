#include "Internal.hpp"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

// On processors other than Intel's, the wheel's MKL stays on its AVX2 path, at about half the rate of oneDNN's AVX-512.

namespace ctorch {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

static at::Tensor forward(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  using Scalars = c10::List<std::optional<at::Scalar>>;
  using Operator = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &,
                              std::string_view, Scalars, std::optional<std::string_view>);
  static auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Operator>();
  return handle.call(x, weight, bias, "none", Scalars(), "");
}

struct OneDNNLinear : torch::autograd::Function<OneDNNLinear> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const std::optional<at::Tensor> &bias) {
    at::AutoDispatchBelowADInplaceOrView below;
    // Slices of larger tensors would fall to oneDNN's reference kernel, which is slower than a copy by far.
    auto rows = x.reshape({-1, x.size(-1)}).contiguous(), dense = weight.contiguous();
    context->save_for_backward({rows, dense});
    context->saved_data["hasBias"] = bias.has_value();
    context->saved_data["sizes"] = x.sizes().vec();
    auto sizes = x.sizes().vec();
    sizes.back() = weight.size(0);
    return ctorch::forward(rows, dense, bias).view(sizes);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    at::NoGradGuard guard;
    auto saved = context->get_saved_variables();
    auto &rows = saved[0], &weight = saved[1];
    auto gradient = gradients[0].reshape({-1, weight.size(0)}).contiguous();
    at::Tensor forX, forWeight, forBias;
    if (context->needs_input_grad(0)) {
      forX = ctorch::forward(gradient, weight.t(), std::nullopt).view(context->saved_data["sizes"].toIntVector());
    }
    if (context->needs_input_grad(1)) {
      forWeight = ctorch::forward(gradient.t(), rows.t(), std::nullopt);
    }
    if (context->saved_data["hasBias"].toBool()) forBias = gradient.sum(0);
    return {forX, forWeight, forBias};
  }
};

static bool prefersOneDNN(const at::Tensor &x, const at::Tensor &weight) {
  constexpr int64_t fewestRows = 16;
  // The engine's own operator says what is wrong with shapes that do not fit.
  if (x.dim() == 0 || weight.dim() != 2 || x.size(-1) != weight.size(1)) return false;
  return x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat && x.device().is_cpu() &&
         x.numel() >= fewestRows * x.size(-1) && x.numel() > 0 && !at::autocast::is_autocast_enabled(at::kCPU);
}

at::Tensor oneDNNLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  return OneDNNLinear::apply(x, weight, bias);
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  return prefersOneDNN(x, weight) ? oneDNNLinear(x, weight, bias) : at::linear(x, weight, bias);
}

}  // namespace ctorch
