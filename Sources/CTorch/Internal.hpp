#pragma once
#include "ctorch.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace ctorch {

static_assert(std::is_same_v<ptrdiff_t, int64_t>, "sizes cross the boundary as ptrdiff_t");

void setError(const char *message);

/// A borrowed handle as a tensor that holds its own reference for as long as the C++ value lives.
inline at::Tensor borrow(CTTensorRef handle) {
  if (!handle) return {};
  auto *impl = reinterpret_cast<c10::TensorImpl *>(const_cast<CTTensorImpl *>(handle));
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl));
}

inline std::optional<at::Tensor> borrowOptional(CTTensorRef handle) {
  if (!handle) return std::nullopt;
  return borrow(handle);
}

inline std::vector<at::Tensor> borrowAll(CTTensorRef const *handles, ptrdiff_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (ptrdiff_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

/// Gives a tensor's reference away as a handle.
inline CTTensor own(at::Tensor tensor) { return reinterpret_cast<CTTensor>(tensor.unsafeReleaseTensorImpl()); }

inline c10::Device device(CTDevice device) {
  return {static_cast<c10::DeviceType>(device.type), static_cast<c10::DeviceIndex>(device.index)};
}

inline at::TensorOptions options(int32_t dtype, CTDevice where) {
  return at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(device(where));
}

/// Runs `body`; an exception becomes the thread's last error and `failure` is returned.
template <typename Result, typename Body>
Result guarded(Result failure, Body &&body) {
  try {
    return body();
  } catch (const c10::Error &error) {
    setError(error.what_without_backtrace());
  } catch (const std::exception &error) {
    setError(error.what());
  } catch (...) {
    setError("an unknown C++ exception");
  }
  return failure;
}

template <typename Body>
CTTensor tensor(Body &&body) {
  return guarded<CTTensor>(nullptr, [&] { return own(body()); });
}

template <typename Body>
CTStatus status(Body &&body) {
  return guarded<CTStatus>(-1, [&] {
    body();
    return 0;
  });
}

/// A tensor's elements. The engine's own `const_data_ptr<Element>` is constrained, and compilers do not agree on the symbols
/// of constrained templates.
template <typename Element>
const Element *elements(const at::Tensor &tensor) {
  TORCH_INTERNAL_ASSERT(tensor.scalar_type() == c10::CppTypeToScalarType<Element>::value);
  return static_cast<const Element *>(tensor.const_data_ptr());
}

/// Whether what is computed of x now has a gradient.
inline bool needsGradient(const at::Tensor &x) { return c10::GradMode::is_enabled() && x.requires_grad(); }

/// x · weightᵀ + bias by the engines of the table, in the precision of the autocast that is on, if any; see Linear.cpp.
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

/// The same with the 8-bit weights of ct_quantized_weight; see Quantized.cpp.
at::Tensor quantizedLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

/// The same with the weights of ct_panel_weight, of layers whose outputs stand side by side; see Panels.cpp.
at::Tensor panelLinear(const at::Tensor &x, at::ArrayRef<at::Tensor> weights, at::ArrayRef<at::Tensor> biases,
                       bool takesGelu = false);

/// x · weightᵀ + bias of 32-bit floats, whatever the autocast.
at::Tensor floatLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

/// GELU of 32-bit floats on the CPU, without a gradient; see Gelu.cpp.
at::Tensor geluInUse(const at::Tensor &x);

/// The same of some numbers, in their place and on this thread.
void geluInPlace(float *x, int64_t count);

}  // namespace ctorch
