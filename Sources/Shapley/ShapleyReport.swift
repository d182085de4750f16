import Foundation
import Support

/// The values of a batch of games as a document, which `shapca shapley` prints.
///
///     {"estimator": "exact", "standardErrors": null, "temperature": 0.1, "utilities": [0.53], "value": "shapley",
///      "values": [[0.08, 0.45]]}
package struct ShapleyReport: Codable, Hashable, Sendable {
    /// The semivalue's name.
    package let value: String
    /// The parameters of the semivalue; nil (no key) where it has none.
    package let alpha: Double?
    package let beta: Double?
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
    /// Throws what `ShapleyEstimator.values(of:temperature:value:seed:threads:)` throws.
    package init(
        similarities: GameMatrix, estimator: ShapleyEstimator, temperature: Double, value: Semivalue = .shapley,
        seed: UInt64 = 0
    ) throws(ShapleyError) {
        let solution = try estimator.values(of: similarities, temperature: temperature, value: value, seed: seed)
        self.value = value.name
        if case .beta(let alpha, let beta) = value {
            (self.alpha, self.beta) = (alpha, beta)
        } else {
            (alpha, beta) = (nil, nil)
        }
        self.estimator = estimator.name
        self.temperature = temperature
        values = solution.values.rows
        standardErrors = solution.standardErrors?.rows
        utilities = solution.utilities
    }

    /// Writes every key but the parameters that the semivalue has not, also where there are no standard errors.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(value, forKey: .value)
        try container.encodeIfPresent(alpha, forKey: .alpha)
        try container.encodeIfPresent(beta, forKey: .beta)
        try container.encode(estimator, forKey: .estimator)
        try container.encode(temperature, forKey: .temperature)
        try container.encode(values, forKey: .values)
        try container.encode(standardErrors, forKey: .standardErrors)
        try container.encode(utilities, forKey: .utilities)
    }

    /// The document in one line.
    package func json() throws -> String {
        String(decoding: try JSONEncoder.compact.encode(self), as: UTF8.self)
    }
}
