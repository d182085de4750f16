/// A table of vectors looked up by number: indices `[…]` to `[…, width]`.
public final class Embedding: Module {
    /// `[count, width]`
    public let weight: Tensor
    private let paddingIndex: Int

    /// - Parameters:
    ///   - deviation: of the normal distribution that the table is drawn from.
    ///   - paddingIndex: a row that starts at 0 and gets no gradient.
    public init(_ count: Int, _ width: Int, deviation: Double = 1, paddingIndex: Int? = nil) {
        let weight = Initialization.normal([count, width], deviation: deviation)
        if let paddingIndex, paddingIndex < count { withoutGradients { weight.select(0, paddingIndex).fill(0) } }
        self.weight = weight
        self.paddingIndex = paddingIndex ?? -1
    }

    public func callAsFunction(_ indices: Tensor) -> Tensor {
        weight.embedding(indices, paddingIndex: paddingIndex)
    }
}
