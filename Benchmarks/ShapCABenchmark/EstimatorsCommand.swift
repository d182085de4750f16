import ArgumentParser
import Charts
import Foundation
import Shapley
import Support

/// The errors of the sampled estimators, against the exact values, their loss and their gradient: one JSON line each.
///
/// Similarities are drawn like those of a batch under training: around 0.2 with a deviation of 0.15, and 0.3 more for the
/// own player. Errors are over `--repeats` seeds on the same games.
struct EstimatorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "estimators")

    @Option(parsing: .upToNextOption, help: "Numbers of players.")
    var players = [8, 28, 64, 256]

    @Option(help: "Seeds a sampled estimator is tried with.")
    var repeats = 50

    @Option(help: "The temperature.")
    var temperature = 0.1

    @Option(help: ArgumentHelp("Where a chart of the gradients' errors goes.", valueName: "file.svg"))
    var figure: String?

    private struct Line: Encodable {
        let players: Int
        let estimator: String
        /// The root mean square of the exact values, and of the errors of all values of four games.
        let valueSize: Double
        let valueError: Double
        /// The exact loss of the whole batch, the mean of the estimated ones and their standard deviation.
        let exactLoss: Double
        let meanLoss: Double
        let lossDeviation: Double
        /// ‖estimated − exact‖ / ‖exact‖ of the gradient: of each estimate (root mean square), and of their mean.
        let gradientError: Double
        let meanGradientError: Double
        let secondsALoss: Double
    }

    func run() throws {
        let estimators: [(String, ShapleyEstimator)] = [
            ("exact", .exact), ("cyclic", .cyclic), ("permutation, 4 orders", .permutation(samples: 4)),
            ("antithetic, 2 pairs", .antithetic(samples: 2)), ("permutation, 64 orders", .permutation(samples: 64)),
            ("antithetic, 32 pairs", .antithetic(samples: 32)),
        ]
        var lines: [Line] = []
        for count in players {
            let matrix = try similarities(count)
            let games = try GameMatrix(rows: Array(matrix.rows.prefix(4)))
            let values = try ShapleyEstimator.exact.values(of: games, temperature: temperature).values.elements
            let exact = try AlignmentLoss(temperature: temperature, negatives: .sum).evaluate(matrix)
            for (name, estimator) in estimators {
                lines.append(
                    try line(name, estimator, matrix: matrix, games: games, values: values, exact: exact))
            }
        }
        if let figure { try Data(chart(lines).utf8).write(to: URL(filePath: figure), options: .atomic) }
    }

    /// The errors of the sampled estimators' gradients over the number of players.
    private func chart(_ lines: [Line]) -> String {
        let names = lines.map(\.estimator).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return SVGChart(
            label: "Relative error of the gradient of one step", xTitle: "log2 of the number of players",
            yTitle: "error of the gradient",
            series: names.dropFirst().map { name in
                SVGChart.Series(
                    name,
                    lines.filter { $0.estimator == name }.map {
                        SVGChart.Point(x: log2(Double($0.players)), y: $0.gradientError)
                    })
            }, includesZero: true
        ).svg
    }

    private func line(
        _ name: String, _ estimator: ShapleyEstimator, matrix: GameMatrix, games: GameMatrix, values: [Double],
        exact: AlignmentLoss.Evaluation
    ) throws -> Line {
        let loss = try AlignmentLoss(estimator: estimator, temperature: temperature, negatives: .sum)
        let rounds = name == "exact" ? 1 : repeats
        var errors = 0.0
        var losses: [Double] = []
        var gradientErrors = 0.0
        var sum = [Double](repeating: 0, count: matrix.elements.count)
        var seconds = 0.0
        for seed in 0..<UInt64(rounds) {
            let found = try estimator.values(of: games, temperature: temperature, seed: seed).values.elements
            errors += squares(found, values)
            let start = ContinuousClock.now
            let evaluation = try loss.evaluate(matrix, seed: seed)
            let elapsed = (ContinuousClock.now - start).components
            seconds += Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
            losses.append(evaluation.loss)
            gradientErrors += squares(evaluation.gradient.elements, exact.gradient.elements)
            for index in sum.indices { sum[index] += evaluation.gradient.elements[index] / Double(rounds) }
        }
        let zeros = [Double](repeating: 0, count: sum.count)
        let gradientSize = squares(exact.gradient.elements, zeros).squareRoot()
        let mean = losses.reduce(0, +) / Double(rounds)
        let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(rounds - 1, 1))
        let line = Line(
            players: matrix.players, estimator: name,
            valueSize: (squares(values, zeros) / Double(values.count)).squareRoot(),
            valueError: (errors / Double(values.count * rounds)).squareRoot(), exactLoss: exact.loss, meanLoss: mean,
            lossDeviation: variance.squareRoot(),
            gradientError: (gradientErrors / Double(rounds)).squareRoot() / gradientSize,
            meanGradientError: squares(sum, exact.gradient.elements).squareRoot() / gradientSize,
            secondsALoss: seconds / Double(rounds))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(line), as: UTF8.self))
        return line
    }

    private func similarities(_ count: Int) throws -> GameMatrix {
        var generator = SplitMix64(seed: 7)
        func normal() -> Double {
            let (u, v) = (
                Double.random(in: 1e-12..<1, using: &generator), Double.random(in: 0..<1, using: &generator)
            )
            return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
        }
        return try GameMatrix(
            rows: (0..<count).map { game in
                (0..<count).map { player in
                    min(max(0.2 + 0.15 * normal() + (game == player ? 0.3 : 0), -1), 1)
                }
            })
    }

    /// The sum of squared differences, of as many elements as the first has.
    private func squares(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
}
