import Torch

extension TextEncoder {
    /// An encoder with this one's weights that knows more tokens.
    ///
    /// The new tokens have the numbers that follow. Their vectors are rows of the same table, trained as the others are, and
    /// drawn as if they were among them: each value from a normal distribution with the mean and the deviation that the
    /// table has there. A frozen parameter stays so.
    /// - Parameter count: the number of new tokens.
    /// - Throws: `TorchError` where memory runs out. The layers must not be packed or quantised yet.
    public func addingTokens(_ count: Int) throws -> any TextEncoder {
        let larger = try Initialization.deferred { configuration.addingTokens(count).makeEncoder() }
        let weights = try withTorchErrors {
            state().map { path, tensor in
                (path, path == "embeddings.words.weight" ? withoutGradients { tensor.addingRows(count) } : tensor)
            }
        }
        try larger.load(Dictionary(uniqueKeysWithValues: weights))
        for (own, other) in zip(parameters(), larger.parameters()) {
            other.tensor.adopt(other.tensor.to(own.tensor.device))
            other.tensor.requiringGradient(own.tensor.requiresGradient)
        }
        return larger
    }
}

extension Tensor {
    /// This table `[count, width]` with more rows, drawn from a normal distribution for each column.
    fileprivate func addingRows(_ count: Int) -> Tensor {
        let mean = mean(0, keepDimension: true)
        let deviation = (self - mean).squared().mean(0, keepDimension: true).squareRoot()
        let fresh = Tensor.randn([count, size(1)], device: device) * deviation + mean
        return Tensor.concatenated([self, fresh], 0)
    }
}
