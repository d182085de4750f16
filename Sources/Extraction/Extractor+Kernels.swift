import Torch

extension Extractor {
    /// The longest measurement before a prediction.
    private static let limit = Duration.milliseconds(500)
    /// Wordpieces of a post with its context, about: products of as many rows are measured.
    private static let piecesPerPost = 40

    /// The products of a batch.
    package func work(batchSize: Int) -> KernelWork {
        KernelWork(model.linearShapes(), rows: batchSize * Self.piecesPerPost)
    }

    /// Chooses the engines of the whole program and the precision of this extractor.
    ///
    /// Batches of several posts are read side by side, each by one thread; a post alone by all.
    /// - Parameters:
    ///   - batchSize: the posts that are read at once.
    ///   - measuring: whether what is not known is measured, for half a second at most; else it is as without a choice.
    /// - Throws: `TorchError`.
    package mutating func chooseKernels(
        _ setting: KernelSetting, precision: Precision, batchSize: Int, measuring: Bool
    ) throws {
        let machine = Machine(threads: batchSize > 1 ? 1 : Engine.threadCount)
        let choice = try Kernels(cache: KernelCache(FetchedModels.kernels), machine: machine).choice(
            setting, for: work(batchSize: batchSize), on: model.device,
            measuringWithin: measuring ? Self.limit : nil)
        choice.use()
        self.precision = precision.resolved(by: choice).autocast
    }
}
