import ArgumentParser
import Corpus
import Foundation
import Shapley
import Support

struct ShapleyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapley",
        abstract: "Compute Shapley and other values of the coalition games of Eq. 4.",
        discussion: """
            FILE is JSON, a matrix of similarities or {"similarities": [[…]]}: row j is game j, and its columns are \
            the players. A coalition is worth the mean similarity of its players, weighted by exp(similarity / \
            temperature). Prints JSON with the values, any standard errors, and the worth of all players together. \
            Banzhaf values weigh all coalitions alike; beta values (Kwon and Zou, 2022) prefer small ones where alpha \
            is large and large ones where beta is large. Both need the estimator exact.
            """)

    @Option(help: .file("The similarities, a JSON file; - for standard input."))
    var input: String

    @Option(help: "The temperature of the games, 1e-06 to 1000000.")
    var temperature: Double

    @Option(help: ArgumentHelp("One of \(ShapleyEstimator.names.joined(separator: ", ")).", valueName: "name"))
    var estimator: String

    @Option(help: ArgumentHelp("One of \(Semivalue.names.joined(separator: ", ")).", valueName: "name"))
    var value = Semivalue.shapley.name

    @Option(help: "The alpha of beta values, 0.001 to 1000; needed for them, and for no others.")
    var alpha: Double?

    @Option(help: "The beta of beta values, 0.001 to 1000; needed for them, and for no others.")
    var beta: Double?

    @Option("Random orders a game, for permutation and antithetic", in: 1...10_000_000)
    var samples = 256

    @Option("The seed of the random orders", in: 0...UInt64.max, unit: "seed")
    var seed: UInt64 = 0

    func run() throws {
        let data: Data
        do {
            let file = input == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(filePath: input))
            data = try file.readToEnd() ?? Data()
        } catch {
            throw CorpusError.unreadable(path: input, reason: reason(of: error))
        }
        let report = try ShapleyReport(
            similarities: GameMatrix(json: data), estimator: ShapleyEstimator(name: estimator, samples: samples),
            temperature: temperature, value: Semivalue(name: value, alpha: alpha, beta: beta), seed: seed)
        try Console.print(json: report.json())
    }
}
