import Torch

/// The precision of a prediction.
public enum PredictionPrecision: String, Sendable, CaseIterable {
    /// The faster of 32-bit floats and bfloat16 numbers, by a measurement on the machine.
    case auto
    case fp32
    case bf16
    /// 8-bit whole numbers in the linear layers of the text encoder, and 32-bit floats elsewhere.
    case int8

    /// Of the products of floats.
    fileprivate var ofFloats: Precision {
        switch self {
        case .auto: .auto
        case .fp32, .int8: .fp32
        case .bf16: .bf16
        }
    }
}

extension ShapCA {
    /// Wordpieces of a post with its context, about.
    private static let piecesPerPost = 48

    /// The products of a batch.
    package func work(batchSize: Int, training: Bool = false) -> KernelWork {
        Self.work(of: linearShapes(), batchSize: batchSize, training: training)
    }

    /// The products of a batch by as many layers of each size.
    package static func work(
        of layers: [LinearShape: Int], batchSize: Int, training: Bool = false
    ) -> KernelWork {
        KernelWork(layers, rows: batchSize * piecesPerPost, training: training)
    }
}

extension Extractor {
    /// The longest measurement before a prediction.
    private static let limit = Duration.milliseconds(500)

    /// Chooses the engines of the whole program and the precision of this extractor.
    ///
    /// Batches of several posts are read side by side, each by one thread; a post alone by all.
    /// - Parameters:
    ///   - batchSize: the posts that are read at once.
    ///   - measuring: whether what is not known is measured, for half a second at most; else it is as without a choice.
    /// - Throws: `TorchError`.
    package mutating func chooseKernels(
        _ setting: KernelSetting, precision: PredictionPrecision, batchSize: Int, measuring: Bool
    ) throws {
        if precision == .int8 { try quantize() }
        let machine = Machine(threads: batchSize > 1 ? 1 : Engine.threadCount)
        let choice = try Kernels(cache: KernelCache(FetchedModels.kernels), machine: machine).choice(
            setting, for: model.work(batchSize: batchSize), on: model.device,
            measuringWithin: measuring ? Self.limit : nil)
        choice.use()
        self.precision = precision.ofFloats.resolved(by: choice).autocast
        // What packing saves does not repay it in a single post.
        if measuring, self.precision == nil { try pack(choice.packed) }
    }

    /// Has those linear layers of the text encoder that have one of some sizes multiply by weights in the layout of an engine from
    /// now on, see ``Module/packLinearLayers(_:)``.
    ///
    /// The other layers are few, and some are read by other code than their own.
    /// - Throws: `TorchError` where the model is not on the CPU.
    package func pack(_ engines: [LinearShape: ProductEngine]) throws {
        try model.textEncoder.packLinearLayers(engines)
    }

    /// Has the linear layers of the text encoder compute with 8-bit whole numbers from now on, see
    /// ``Module/quantizeLinearLayers()``.
    ///
    /// The other layers are few, and what they would save does not repay what they would lose. An image encoder stays as it is: its
    /// features are kept for every precision, and the products of the default one are convolutions.
    /// - Throws: `TorchError` where the model is not on the CPU.
    public func quantize() throws { try model.textEncoder.quantizeLinearLayers() }
}
