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
        try addingTokens(count) { table in table.freshRows(count) }
    }

    /// An encoder with this one's weights that knows more tokens, whose vectors come later.
    package func addingEmptyTokens(_ count: Int) throws -> any TextEncoder {
        try addingTokens(count) { table in Tensor.zeros([count, table.size(1)], device: table.device) }
    }

    private func addingTokens(_ count: Int, rows: (Tensor) -> Tensor) throws -> any TextEncoder {
        let larger = try Initialization.deferred { configuration.addingTokens(count).makeEncoder() }
        let weights = try withTorchErrors {
            state().map { path, tensor in
                guard path == "\(wordsPath).weight" else { return (path, tensor) }
                return (path, withoutGradients { Tensor.concatenated([tensor, rows(tensor)], 0) })
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

extension TextEncoder {
    /// Freezes the table of token vectors but for those of some tokens, which are trained as a parameter of their own.
    package func trainOnly(tokens: [Int]) {
        for (path, table) in modules(Embedding.self) where path == wordsPath { table.trainOnly(rows: tokens) }
    }

    /// Puts the trained vectors of tokens into the table.
    package func mergeTokens() {
        for (_, table) in modules(Embedding.self) { table.mergeRows() }
    }
}

/// The path of the table of token vectors.
private let wordsPath = "embeddings.words"

extension Tensor {
    /// More rows for this table `[count, width]`, drawn from a normal distribution for each column.
    fileprivate func freshRows(_ count: Int) -> Tensor {
        let mean = mean(0, keepDimension: true)
        let deviation = (self - mean).squared().mean(0, keepDimension: true).squareRoot()
        return Tensor.randn([count, size(1)], device: device) * deviation + mean
    }
}
