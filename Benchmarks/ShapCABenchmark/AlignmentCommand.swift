import ArgumentParser
import Shapley
import Support

/// Seconds for the four games of a batch, value and gradient.
struct AlignmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "alignment")

    @Option(help: "exact, cyclic, permutation or antithetic.")
    var estimator = "exact"

    @Option(help: "Posts a batch, which is also the number of players.")
    var batch = 28

    @OptionGroup var measurement: Measurement

    func run() throws {
        var generator = SplitMix64(seed: 1)
        let matrices = try (0..<2).map { _ in
            try GameMatrix(
                (0..<batch * batch).map { _ in Float.random(in: -1...1, using: &generator) }, games: batch,
                players: batch)
        }
        let loss = try AlignmentLoss(
            estimator: ShapleyEstimator(name: estimator), temperature: 0.1, negatives: .sum,
            threads: measurement.threads)
        var seed: UInt64 = 0
        try measurement.run("alignment", ["estimator": estimator]) {
            seed += 1
            let losses = try matrices.flatMap { matrix in
                [try loss.evaluate(matrix, seed: seed).loss, try loss.evaluate(matrix.transposed, seed: ~seed).loss]
            }
            return ["loss": losses.reduce(0, +) / 2]
        }
    }
}
