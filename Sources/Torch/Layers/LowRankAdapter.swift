import CTorch

/// A change of low rank of a frozen linear layer (LoRA; Hu et al., 2022): it adds `scale · dropout(x) Aᵀ Bᵀ`.
package final class LowRankAdapter: Module {
    /// The numbers of an adapter beside its matrices.
    package struct Options: Sendable, Equatable {
        /// The width between A and B.
        package var rank: Int
        /// The scale before it is divided by the rank.
        package var alpha: Double
        /// The share of inputs set to 0 while training.
        package var dropout = 0.0
        /// Whether the root of the rank divides alpha, not the rank itself (rsLoRA; Kalajdzievski, 2023).
        package var isRankStabilized = false

        /// The numbers of an adapter that begins.
        package init(rank: Int, alpha: Double, dropout: Double = 0, isRankStabilized: Bool = false) {
            (self.rank, self.alpha, self.dropout) = (rank, alpha, dropout)
            self.isRankStabilized = isRankStabilized
        }

        /// The factor of what an adapter adds.
        package var scale: Double { alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)) }
    }

    /// A, `[rank, inputs]`
    package let down: Tensor
    /// B, `[outputs, rank]`
    package let up: Tensor
    package let options: Options
    private let dropout: Dropout

    /// Draws A uniformly from ±1/√(inputs), as PEFT does, and begins with a B of 0, which changes nothing.
    package init(_ shape: LinearShape, _ options: Options) {
        let bound = 1 / Double(max(shape.inputs, 1)).squareRoot()
        down = Initialization.uniform([options.rank, shape.inputs], bound: bound)
        up = Initialization.constant([shape.outputs, options.rank], 0)
        self.options = options
        dropout = Dropout(options.dropout)
    }

    /// The output of a layer with this adapter: `[…, inputs]` to `[…, outputs]`.
    func output(for x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let thinned = isTraining && dropout.probability > 0 ? dropout(x) : nil
        return Tensor(
            ct_adapted_linear(
                x.handle, thinned?.handle, weight.handle, bias?.handle, down.handle, up.handle, options.scale))
    }

    /// The change of the layer's weights, `[outputs, inputs]`.
    fileprivate var change: Tensor { up.matmul(down) * options.scale }
}

extension Linear {
    /// Freezes weights and bias, and trains an adapter in their place.
    package func adapt(_ options: LowRankAdapter.Options) {
        freeze()
        let adapter = LowRankAdapter(shape, options)
        adapter.move(to: weight.device)
        self.adapter.content = adapter
    }

    /// Makes what the adapter has learnt part of the weights, and takes the adapter away.
    package func mergeAdapter() {
        guard let adapter = adapter.content else { return }
        self.adapter.content = nil
        withoutGradients { weight.adopt(weight + adapter.change) }
    }
}
