import Foundation

/// The Shapley values of a batch of games as a document, which `shapca shapley` prints.
///
///     {"estimator": "exact", "standardErrors": null, "temperature": 0.1, "utilities": [0.53], "values": [[0.08, 0.45]]}
package struct ShapleyReport: Codable, Hashable, Sendable {
    /// The estimator's name.
    package let estimator: String
    /// The temperature `τ` of the games.
    package let temperature: Double
    /// One value a game and player.
    package let values: [[Double]]
    /// The standard error of each value; nil (`null`) where the estimator has none.
    package let standardErrors: [[Double]]?
    /// The joint worth of all players of each game.
    package let utilities: [Double]

    /// Solves the games whose similarities are the rows of a matrix.
    ///
    /// Throws `ShapleyError.temperature`, `ShapleyError.similarity` and `ShapleyError.sampleCount`.
    package init(
        similarities: GameMatrix, estimator: ShapleyEstimator, temperature: Double, seed: UInt64 = 0
    ) throws(ShapleyError) {
        let solution = try estimator.values(of: similarities, temperature: temperature, seed: seed)
        self.estimator = estimator.name
        self.temperature = temperature
        values = solution.values.rows
        standardErrors = solution.standardErrors?.rows
        utilities = solution.utilities
    }

    /// Writes every key, also where there are no standard errors.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(estimator, forKey: .estimator)
        try container.encode(temperature, forKey: .temperature)
        try container.encode(values, forKey: .values)
        try container.encode(standardErrors, forKey: .standardErrors)
        try container.encode(utilities, forKey: .utilities)
    }

    /// The document in one line.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
