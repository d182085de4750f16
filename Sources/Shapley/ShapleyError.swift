/// A fault in the input of a coalition game; every message names the place and the remedy.
public enum ShapleyError: Error, Hashable, Sendable {
    /// The number of one game and player is NaN or infinite.
    case nonFiniteNumber(value: Double, row: Int, column: Int)
    /// The similarity of one game and player is outside of `CoalitionGame.range`.
    case similarity(value: Double, row: Int, column: Int)
    /// A row is longer or shorter than the first one.
    case raggedRow(row: Int, count: Int, expected: Int)
    /// A flat list of elements does not fill the matrix it is said to be.
    case elementCount(count: Int, games: Int, players: Int)
    /// The temperature is outside of `CoalitionGame.temperatures`.
    case temperature(Double)
    /// A sampled estimator was asked for fewer than one order.
    case sampleCount(Int)
    /// Weights, owners or gradients do not have the shape of the similarities.
    case shape(what: String, found: String, expected: String)
    /// The own player of a game is not one of its players.
    case owner(game: Int, player: Int, players: Int)
    /// An estimator's name is none of those known.
    case unknownEstimator(String)
    /// A semivalue's name is none of those known.
    case unknownSemivalue(String)
    /// A parameter of a semivalue is outside of `Semivalue.parameters`.
    case semivalueParameter(name: String, value: Double)
    /// A semivalue has parameters and was given none or one, or has none and was given some.
    case semivalueParameters(of: String)
    /// An estimator that only knows Shapley values was asked for another semivalue.
    case estimatorOfSemivalue(String, value: String)
    /// The text given as input is not the JSON that is expected.
    case malformedInput(String)
}

extension ShapleyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .similarity(let value, let row, let column):
            "similarities, row \(row), column \(column) (counted from 0): \(value) is out of range; "
                + "give numbers from \(CoalitionGame.range.lowerBound) to \(CoalitionGame.range.upperBound)"
        case .nonFiniteNumber(let value, let row, let column):
            "similarities, row \(row), column \(column) (counted from 0): \(value) is not a finite number; "
                + "check the features for zero or overflowing vectors"
        case .raggedRow(let row, let count, let expected):
            "similarities, row \(row) (counted from 0) has \(count) columns, row 0 has \(expected); "
                + "every game must have the same players"
        case .elementCount(let count, let games, let players):
            "similarities: \(count) elements cannot fill \(games) games of \(players) players; "
                + "give games x players elements, one game after another"
        case .temperature(let temperature):
            "temperature \(temperature) is out of range; give a number from \(CoalitionGame.temperatures.lowerBound) "
                + "to \(CoalitionGame.temperatures.upperBound), such as 0.1"
        case .sampleCount(let count):
            "\(count) samples are too few to estimate anything; ask for at least 1, or 2 to get standard errors"
        case .shape(let what, let found, let expected):
            "\(what): found \(found), expected \(expected)"
        case .owner(let game, let player, let players):
            "game \(game) is owned by player \(player), but its players are 0 ..< \(players)"
        case .unknownEstimator(let name):
            "unknown estimator \"\(name)\"; choose one of \(ShapleyEstimator.names.joined(separator: ", "))"
        case .unknownSemivalue(let name):
            "unknown value \"\(name)\"; choose one of \(Semivalue.names.joined(separator: ", "))"
        case .semivalueParameter(let name, let value):
            "\(name) \(value) is out of range; give a number from \(Semivalue.parameters.lowerBound) "
                + "to \(Semivalue.parameters.upperBound), such as 4"
        case .semivalueParameters(let value):
            value == "beta"
                ? "beta values need both alpha and beta; give both, such as 4 and 1 to prefer small coalitions"
                : "\(value) values have no alpha and beta; leave them out, or ask for beta values"
        case .estimatorOfSemivalue(let estimator, let value):
            "the estimator \(estimator) knows Shapley values only; use exact for \(value) values"
        case .malformedInput(let reason):
            "input: \(reason); give a matrix [[0.1, 0.7], [0.3, 0.2]] or {\"similarities\": [[…]]}"
        }
    }
}
