import Shapley
import Torch

/// The contrastive losses that align two sides of a batch (Eq. 4 to 7).
package struct ContrastiveAlignment: Sendable {
    package let options: AlignmentOptions

    package init(_ options: AlignmentOptions) { self.options = options }

    /// The mean of the losses in both directions: each item of one side chooses among those of the other.
    /// - Parameters:
    ///   - a, b: `[items, width]`; row j of one belongs to row j of the other.
    ///   - seed: of the sampled estimators' random orders.
    /// - Returns: nil for fewer than two items or with `method = none`.
    /// - Throws: `ShapleyError` when a similarity is not a number.
    package func callAsFunction(_ a: Tensor, _ b: Tensor, seed: UInt64) throws -> AlignmentTerm? {
        guard options.method != .none, a.size(0) > 1 else { return nil }
        let similarities = Self.cosines(a.to(.float32), b.to(.float32))
        let matrix = try GameMatrix(similarities.floats(), games: a.size(0), players: a.size(0))
        let loss =
            options.method == .shapley ? try shapley(similarities, matrix, seed: seed) : infoNCE(similarities)
        return AlignmentTerm(loss: loss, cosines: AlignmentCosines(matrix))
    }

    /// The cosine of every row of `a` with every row of `b`: `[items, items]`.
    static func cosines(_ a: Tensor, _ b: Tensor) -> Tensor {
        func normalized(_ x: Tensor) -> Tensor {
            x / x.norm(1, keepDimension: true).clamped(to: 1e-8...Double.infinity)
        }
        return normalized(a).matmul(normalized(b).transposed())
    }

    private func shapley(_ similarities: Tensor, _ matrix: GameMatrix, seed: UInt64) throws -> Tensor {
        let loss = try AlignmentLoss(
            estimator: options.shapleyEstimator(), temperature: options.temperature, negatives: options.negatives)
        let forth = try loss.evaluate(matrix, seed: seed)
        let back = try loss.evaluate(matrix.transposed, seed: ~seed)
        let gradient = zip(forth.gradient.floats, back.gradient.transposed.floats).map { ($0 + $1) / 2 }
        return similarities.scalar(
            (forth.loss + back.loss) / 2,
            gradient: Tensor(gradient, shape: [matrix.games, matrix.players]).to(similarities.device))
    }

    private func infoNCE(_ similarities: Tensor) -> Tensor {
        let scores = similarities / options.temperature
        let own = Tensor.arange(similarities.size(0), device: similarities.device)
        return (scores.crossEntropy(own) + scores.transposed().crossEntropy(own)) * 0.5
    }
}
