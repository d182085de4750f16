#pragma once
#include "Internal.hpp"

// Which engine computes which product of a linear layer: a table that measurements fill, see Torch's Kernels.

namespace ctorch {

/// The engine for a product of a layer of that shape, in bfloat16 numbers or 32-bit floats.
CTEngine engine(CTProduct product, bool inBFloat16, int64_t rows, int64_t inputs, int64_t outputs);

/// Whether products other than those of linear layers multiply bfloat16 numbers as they are, and not in 32-bit floats.
bool multipliesBFloat16();

}  // namespace ctorch
