import Shapley
import Torch

/// The contrastive losses that align two sides of a batch (Eq. 4 to 7).
package struct ContrastiveAlignment: Sendable {
    package let options: AlignmentOptions

    package init(_ options: AlignmentOptions) { self.options = options }

    /// The mean of the losses in both directions: each item of one side chooses among those of the other.
    /// - Parameters:
    ///   - a, b: `[items, width]`; row j of one belongs to row j of the other.
    ///   - players: which items are one player; nil where each is one of its own.
    ///   - seed: of the sampled estimators' random orders.
    /// - Returns: nil for fewer than two players or with `method = none`.
    /// - Throws: `ShapleyError` when a similarity is not a number.
    package func callAsFunction(
        _ a: Tensor, _ b: Tensor, players: Players? = nil, seed: UInt64
    ) throws -> AlignmentTerm? {
        let players = players ?? Players(itemCount: a.size(0))
        guard options.method != .none, players.count > 1 else { return nil }
        let similarities = Self.cosines(a.to(.float32), b.to(.float32))
        let matrix = try GameMatrix(similarities.floats(), games: a.size(0), players: a.size(0))
        let loss =
            options.method == .shapley
            ? try shapley(similarities, matrix, players, seed: seed) : infoNCE(similarities, players)
        return AlignmentTerm(
            loss: loss, cosines: AlignmentCosines(try players.pooled(matrix), owners: players.owners), players: players)
    }

    /// The cosine of every row of `a` with every row of `b`: `[items, items]`.
    static func cosines(_ a: Tensor, _ b: Tensor) -> Tensor {
        func normalized(_ x: Tensor) -> Tensor {
            x / x.norm(1, keepDimension: true).clamped(to: 1e-8...Double.infinity)
        }
        return normalized(a).matmul(normalized(b).transposed())
    }

    private func shapley(
        _ similarities: Tensor, _ matrix: GameMatrix, _ players: Players, seed: UInt64
    ) throws -> Tensor {
        let loss = try AlignmentLoss(
            estimator: options.shapleyEstimator(), temperature: options.temperature, negatives: options.negatives)
        let forth = try loss.evaluate(players.pooled(matrix), owners: players.owners, seed: seed)
        let back = try loss.evaluate(players.pooled(matrix.transposed), owners: players.owners, seed: ~seed)
        let (forthGradient, backGradient) = (try players.spread(forth.gradient), try players.spread(back.gradient))
        let gradient = zip(forthGradient.floats, backGradient.transposed.floats).map { ($0 + $1) / 2 }
        return similarities.scalar(
            (forth.loss + back.loss) / 2,
            gradient: Tensor(gradient, shape: [matrix.games, matrix.players]).to(similarities.device))
    }

    private func infoNCE(_ similarities: Tensor, _ players: Players) -> Tensor {
        let scores = similarities / options.temperature
        let own = Tensor(players.owners, shape: [players.itemCount]).to(similarities.device)
        var (forth, back) = (scores, scores.transposed())
        if players.areMerged {
            let membership = players.membership(on: similarities.device)
            (forth, back) = (forth.matmul(membership), back.matmul(membership))
        }
        return (forth.crossEntropy(own) + back.crossEntropy(own)) * 0.5
    }
}
