#pragma once
#include "Internal.hpp"

// Which engine computes which product of a linear layer: a table that measurements fill, see Torch's Kernels.

namespace ctorch {

/// The engine for a product of a layer of that shape, in bfloat16 numbers or 32-bit floats.
CTEngine engine(CTProduct product, bool inBFloat16, int64_t rows, int64_t inputs, int64_t outputs);

/// One of the products of a layer by the engine of the table, see Linear.cpp; all matrices are dense.
/// - output: x · weightᵀ + bias, of `[rows, inputs]` and `[outputs, inputs]`.
/// - input gradient: gradient · weight, of `[rows, outputs]` and `[outputs, inputs]`.
/// - weight gradient: gradientᵀ · x, of `[rows, outputs]` and `[rows, inputs]`.
at::Tensor layerProduct(CTProduct product, const at::Tensor &a, const at::Tensor &b,
                        const std::optional<at::Tensor> &bias = std::nullopt);

/// `[…, width]` as a dense matrix. Slices of larger tensors would fall to oneDNN's reference kernel, which is slower than a
/// copy by far.
at::Tensor denseRows(const at::Tensor &x);

/// Whether the products of a layer are those of the table.
bool isOfTable(const at::Tensor &x, const at::Tensor &weight);

/// Whether products other than those of linear layers multiply bfloat16 numbers as they are, and not in 32-bit floats.
bool multipliesBFloat16();

}  // namespace ctorch
