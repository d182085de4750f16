#include "Internal.hpp"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/variable.h>

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// A scalar whose value and gradient with respect to `x` were computed elsewhere.
struct GivenGradient : torch::autograd::Function<GivenGradient> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &gradient, double value) {
    TORCH_CHECK(x.sizes() == gradient.sizes(), "the gradient's shape ", gradient.sizes(), " is not the tensor's ", x.sizes());
    context->save_for_backward({gradient});
    return at::scalar_tensor(value, x.options());
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    return {context->get_saved_variables()[0] * gradients[0], at::Tensor(), at::Tensor()};
  }
};

}  // namespace

extern "C" {

CTStatus ct_normal_(CTTensorRef x, double mean, double deviation) {
  return status([&] {
    at::NoGradGuard guard;
    borrow(x).normal_(mean, deviation);
  });
}

CTStatus ct_uniform_(CTTensorRef x, double low, double high) {
  return status([&] {
    at::NoGradGuard guard;
    borrow(x).uniform_(low, high);
  });
}

CTStatus ct_fill_(CTTensorRef x, double value) {
  return status([&] {
    at::NoGradGuard guard;
    borrow(x).fill_(value);
  });
}

CTStatus ct_copy_(CTTensorRef destination, CTTensorRef source) {
  return status([&] {
    at::NoGradGuard guard;
    auto to = borrow(destination), from = borrow(source);
    TORCH_CHECK(to.sizes() == from.sizes(), "a tensor of ", from.sizes(), " does not fit one of ", to.sizes());
    to.copy_(from);
  });
}

CTStatus ct_set_data(CTTensorRef x, CTTensorRef data) {
  return status([&] { borrow(x).set_data(borrow(data)); });
}

CTStatus ct_set_requires_grad(CTTensorRef x, bool required) {
  return status([&] { borrow(x).requires_grad_(required); });
}

CTStatus ct_backward(CTTensorRef loss) {
  return status([&] { borrow(loss).backward(); });
}

CTStatus ct_gradients(CTTensorRef loss, CTTensorRef const *tensors, ptrdiff_t count, CTTensor *gradients) {
  return status([&] {
    auto found = torch::autograd::grad({borrow(loss)}, borrowAll(tensors, count), {}, /*retain_graph=*/true,
                                       /*create_graph=*/false, /*allow_unused=*/true);
    for (ptrdiff_t index = 0; index < count; index++) {
      gradients[index] = found[index].defined() ? own(found[index]) : nullptr;
    }
  });
}

CTTensor ct_grad(CTTensorRef x) {
  auto gradient = borrow(x).grad();
  return gradient.defined() ? own(gradient) : nullptr;
}

CTStatus ct_set_grad(CTTensorRef x, CTTensorRef gradient) {
  return status([&] { borrow(x).mutable_grad() = borrow(gradient); });
}

CTTensor ct_with_gradient(CTTensorRef x, CTTensorRef gradient, double value) {
  return tensor([&] { return GivenGradient::apply(borrow(x), borrow(gradient), value); });
}

CTStatus ct_grad_norm(CTTensorRef const *parameters, ptrdiff_t count, double *norm) {
  return status([&] {
    at::NoGradGuard guard;
    std::vector<at::Tensor> norms;
    for (auto &parameter : borrowAll(parameters, count)) {
      if (parameter.grad().defined()) norms.push_back(at::linalg_vector_norm(parameter.grad(), 2, {}, false, at::kFloat));
    }
    *norm = norms.empty() ? 0 : at::linalg_vector_norm(at::stack(norms), 2).item().toDouble();
  });
}

CTStatus ct_fused_adamw(CTTensorRef const *parameters, CTTensorRef const *first_moments,
                        CTTensorRef const *second_moments, CTTensorRef const *steps, ptrdiff_t count,
                        double learning_rate, double beta1, double beta2, double weight_decay, double epsilon,
                        double grad_scale) {
  return status([&] {
    if (count == 0) return;
    at::NoGradGuard guard;
    auto p = borrowAll(parameters, count), m = borrowAll(first_moments, count), v = borrowAll(second_moments, count),
         s = borrowAll(steps, count);
    std::vector<at::Tensor> g;
    g.reserve(count);
    for (auto &parameter : p) g.push_back(parameter.grad());
    std::optional<at::Tensor> scale;
    if (grad_scale != 1) scale = at::full({}, grad_scale, p[0].options().dtype(at::kFloat));
    at::_foreach_add_(s, 1.0);
    at::_fused_adamw_(p, g, m, v, {}, s, learning_rate, beta1, beta2, weight_decay, epsilon, false, false, scale);
  });
}

}  // extern "C"
