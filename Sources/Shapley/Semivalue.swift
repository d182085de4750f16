import Foundation

/// What a player of a game is worth: its expected marginal contribution `u(S ∪ i) - u(S)` to a random coalition `S` of
/// the other players.
///
/// Each of the others joins `S` by a toss of the same coin, which shows heads with a probability `q`. The distribution
/// of `q` is what tells one semivalue from another (Dubey, Neyman and Weber, "Value theory without efficiency",
/// Mathematics of Operations Research 1981):
///
///     φ_i = E_q Σ_{S ∌ i} q^|S| (1 - q)^(k - 1 - |S|) [u(S ∪ i) - u(S)].
///
/// Only the Shapley values of a game sum to `u(K)` whatever the game.
public enum Semivalue: Hashable, Sendable {
    /// `q` uniform in [0, 1]: all sizes of `S` are equally likely (Shapley, "A value for n-person games", 1953).
    case shapley
    /// `q = 1/2`: all coalitions are equally likely (Banzhaf, "Weighted voting doesn't work", 1965).
    case banzhaf
    /// `q` of the distribution Beta(`beta`, `alpha`), of density `q^(beta - 1) (1 - q)^(alpha - 1)` up to a constant
    /// (Kwon and Zou, "Beta Shapley", AISTATS 2022).
    ///
    /// A large `alpha` prefers small coalitions, a large `beta` large ones; `beta(alpha: 1, beta: 1)` is the Shapley
    /// value.
    case beta(alpha: Double, beta: Double)

    /// The names that `init(name:alpha:beta:)` knows.
    public static let names = ["shapley", "banzhaf", "beta"]

    /// The values that `alpha` and `beta` may have.
    public static let parameters: ClosedRange<Double> = 1e-3...1e3

    /// The semivalue of a name; `alpha` and `beta` must be given for `beta` and for no other.
    ///
    /// Throws `ShapleyError.unknownSemivalue`, `ShapleyError.semivalueParameters` and
    /// `ShapleyError.semivalueParameter`.
    public init(name: String, alpha: Double? = nil, beta: Double? = nil) throws(ShapleyError) {
        switch (name, alpha, beta) {
        case ("shapley", nil, nil): self = .shapley
        case ("banzhaf", nil, nil): self = .banzhaf
        case ("beta", let alpha?, let beta?): self = .beta(alpha: alpha, beta: beta)
        case _ where Self.names.contains(name): throw .semivalueParameters(of: name)
        default: throw .unknownSemivalue(name)
        }
        try check()
    }

    /// The semivalue's name, without its parameters.
    public var name: String {
        switch self {
        case .shapley: "shapley"
        case .banzhaf: "banzhaf"
        case .beta: "beta"
        }
    }

    func check() throws(ShapleyError) {
        guard case .beta(let alpha, let beta) = self else { return }
        for (name, value) in [("alpha", alpha), ("beta", beta)] where !Self.parameters.contains(value) {
            throw .semivalueParameter(name: name, value: value)
        }
    }

    /// The rule that takes the mean over `q` of every polynomial of degree `k - 1` exactly; nil for Shapley values, for
    /// which `CoalitionQuadrature` has a better one for each of its nodes.
    func coin(playerCount: Int) -> GaussRule? {
        switch self {
        case .shapley: nil
        case .banzhaf: GaussRule(nodes: [0.5], weights: [1])
        case .beta(let alpha, let beta): .jacobi(count: (playerCount + 1) / 2, heads: beta, tails: alpha)
        }
    }

    /// The number of random coalitions among which one is empty, `1 / E[(1 - q)^(k - 1)]`.
    func coalitionsPerEmptyOne(playerCount: Int) -> Double {
        switch self {
        case .shapley: Double(playerCount)
        case .banzhaf: exp2(Double(playerCount - 1))
        case .beta(let alpha, let beta):
            (0..<max(playerCount - 1, 0)).reduce(1) { $0 * (1 + beta / (alpha + Double($1))) }
        }
    }
}
