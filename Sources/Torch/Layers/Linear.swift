import CTorch

/// An affine map of the last dimension: `[…, inputs]` to `[…, outputs]`.
public final class Linear: Module {
    /// `[outputs, inputs]`
    public let weight: Tensor
    /// `[outputs]`
    public let bias: Tensor?
    let packed = Slot<PackedLayer>()
    let adapter = Slot<LowRankAdapter>()

    /// Draws weight and bias uniformly from ±1/√(inputs), as PyTorch does.
    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
        let bound = 1 / Double(max(inputs, 1)).squareRoot()
        weight = Initialization.uniform([outputs, inputs], bound: bound)
        self.bias = bias ? Initialization.uniform([outputs], bound: bound) : nil
    }

    /// `[…, inputs]` to `[…, outputs]`
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if let packed = packed.content { return x.linear(packed.weight, packed.bias) }
        return adapter.content?.output(for: x, weight, bias) ?? x.linear(weight, bias)
    }

    /// Whether the weights are what training made of them: neither 8-bit whole numbers, see ``Module/quantizeLinearLayers()``, nor
    /// laid out for an engine, see ``Module/packLinearLayers(_:)``.
    var isTrainable: Bool { weight.dtype != .int8 && packed.content == nil }

    package var shape: LinearShape { LinearShape(inputs: weight.size(1), outputs: weight.size(0)) }

    /// Puts 8-bit whole numbers into the place of the weights.
    fileprivate func quantize() { giveUpWeight(for: Tensor(ct_quantized_weight(weight.handle))) }

    /// Puts the weights into the layout of an engine, and gives up the memory that they had.
    fileprivate func pack(for engine: ProductEngine) {
        guard engine.isOfPackedWeights, let laidOut = engine.laidOut(weight) else { return }
        packed.content = PackedLayer(engine: engine, weight: laidOut, bias: bias ?? .full([shape.outputs], 0))
        giveUpWeight(for: Tensor.full([1, 1], .nan).expanded(weight.shape))
    }

    private func giveUpWeight(for other: Tensor) {
        weight.requiringGradient(false)
        weight.adopt(other)
    }
}

extension Module {
    /// Puts 8-bit weights into the place of those of all linear layers with a bias, which cannot be trained or
    /// saved from then on.
    ///
    /// A layer's weights have a scale for each output, and what it is given one for each row, found when the row is
    /// there: the largest magnitude is 127 of it. The sums of products are exact, and what comes of a row does not depend
    /// on other rows. The layers are on the CPU.
    /// - Throws: `TorchError` where the layers are elsewhere.
    public func quantizeLinearLayers() throws {
        try changeLinearLayers { if $0.bias != nil { $0.quantize() } }
    }

    /// Lays out the weights of linear layers for the engines that multiply by them, in the place of what they were: their `weight`, which
    /// is not a number from then on, cannot be read, trained or saved.
    ///
    /// The layers are on the CPU and compute in 32-bit floats.
    /// - Parameter engines: those of the layers for whose sizes it pays, see ``KernelChoice/packed``.
    /// - Throws: `TorchError` where the layers are elsewhere.
    public func packLinearLayers(_ engines: [LinearShape: ProductEngine]) throws {
        try changeLinearLayers { layer in engines[layer.shape].map(layer.pack) }
    }

    /// Changes linear layers whose weights are as they were trained; what adapters have learnt becomes part of the weights first.
    private func changeLinearLayers(_ change: (Linear) -> Void) throws {
        try withTorchErrors {
            withoutGradients {
                for layer in linearLayers() where layer.isTrainable {
                    layer.mergeAdapter()
                    change(layer)
                }
            }
        }
    }

    /// All linear layers.
    func linearLayers() -> [Linear] { modules(Linear.self).map(\.module) }
}

/// A table of vectors looked up by number: indices `[…]` to `[…, width]`.
public final class Embedding: Module {
    /// `[count, width]`
    public let weight: Tensor
    let trained = Slot<TrainedRows>()
    private let paddingIndex: Int

    /// Draws the table.
    /// - Parameters:
    ///   - deviation: of the normal distribution that the table is drawn from.
    ///   - paddingIndex: a row that starts at 0 and gets no gradient.
    public init(_ count: Int, _ width: Int, deviation: Double = 1, paddingIndex: Int? = nil) {
        let weight = Initialization.normal([count, width], deviation: deviation)
        if let paddingIndex, paddingIndex < count { withoutGradients { weight.select(0, paddingIndex).fill(0) } }
        self.weight = weight
        self.paddingIndex = paddingIndex ?? -1
    }

    /// `[…]` to `[…, width]`
    public func callAsFunction(_ indices: Tensor) -> Tensor {
        let vectors = weight.embedding(indices, paddingIndex: paddingIndex)
        return trained.content?.replacing(vectors, at: indices) ?? vectors
    }
}

/// Sets elements to 0 at random while training (Srivastava et al., 2014).
public final class Dropout: Module {
    /// The share of elements set to 0.
    public let probability: Double

    /// A layer that drops that share, of any shape.
    public init(_ probability: Double) { self.probability = probability }

    /// The same elements, some of them 0 and the others scaled up in ``withTrainingMode(_:_:)``.
    public func callAsFunction(_ x: Tensor) -> Tensor { x.dropout(probability, training: isTraining) }
}
