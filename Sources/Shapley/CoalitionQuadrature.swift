import Foundation

/// The nodes at which `ExactSolver` evaluates its double integral, chosen for one game.
///
/// **In x**, the trapezoid rule over `t = ln x`. The integrand is analytic for `|Im t| < π/2`, hence the error falls like
/// `exp(-π² / step)`; towards `x = 0` it falls like `x²`, hence the part below the first node is a geometric series.
///
/// **In q**, where the integrand is a polynomial of degree `k - 1`, the rule of the semivalue. For Shapley values it is
/// Gauss-Legendre: the integrand behaves like `exp(-λ q)` with `λ = Σ_j a_j`, the expected number of players that
/// `x` distinguishes, so it ends at `q = horizon / λ`, and a few nodes suffice up to there, for any `k`.
struct CoalitionQuadrature {
    /// The spacing of the nodes in `ln x`: errors of a few 1e-9 in values and of 1e-8 / τ in gradients, up to 2e-8 and
    /// 5e-8 / τ for semivalues that prefer large coalitions.
    static let step = 0.45
    /// The part that the rule may leave out.
    static let tolerance = 1e-9
    /// The `λ q` beyond which the integrand is 0.
    static let horizon = 20.0

    /// `ln w_j`, `[players]`; the largest is 0.
    let logWeights: [Double]
    /// The rule in `q` of every node; nil for the uniform one.
    private let coin: GaussRule?
    /// The size of the integrand where it is neither small nor past: the spread of similarities.
    private let magnitude: Double
    /// `ln x` at node 0.
    private let start: Double

    init(_ game: CoalitionGame, coin: GaussRule?) {
        let largest = game.similarities.max() ?? 0
        let smallest = game.similarities.min() ?? 0
        let logWeights = game.similarities.map { ($0 - largest) / game.temperature }
        let totalWeight = logWeights.reduce(0) { $0 + exp($1) }
        magnitude = largest - smallest + min(game.temperature, 1)
        start = log(24 * Self.tolerance / (magnitude * totalWeight * totalWeight)) / 3
        self.logWeights = logWeights
        self.coin = coin
    }

    /// `ln x` at a node.
    func logarithm(of node: Int) -> Double { start + Double(node) * Self.step }

    /// The weight of a node; the first one includes the part below it.
    func weight(of node: Int) -> Double { node == 0 ? Self.step / (1 - exp(-2 * Self.step)) : Self.step }

    /// Whether the integrand is too small to matter at a node where `Σ_j b_j` is `presence`.
    func isQuiet(at node: Int, presence: Double) -> Bool {
        presence * magnitude * min(1, exp(logarithm(of: node))) < Self.tolerance / 10
    }

    /// The first node after a quiet one at which a player may matter; nil where all are past.
    ///
    /// At low temperatures weights differ by many orders of magnitude, with nothing in between.
    func node(afterQuiet node: Int) -> Int? {
        let onset = log(Self.tolerance / (10 * magnitude * Double(logWeights.count)))
        let now = logarithm(of: node)
        let wait = logWeights.lazy
            .filter { now + $0 < 4 }
            .map { max(0, onset - (now + $0)) }
            .min()
        return wait.map { node + max(1, Int($0 / Self.step)) }
    }

    /// The rule in `q` where `Σ_j a_j` is `absence`, on `0 ... length`.
    func rule(absence: Double) -> (rule: GaussRule, length: Double) {
        if let coin { return (coin, 1) }
        let length = min(1, Self.horizon / absence)
        let sufficient = 3 + Int((1.6 * (absence * length).squareRoot()).rounded(.up))
        let exact = (logWeights.count + 1) / 2
        return (.legendre(count: min(sufficient, exact, GaussRule.largestLegendre)), length)
    }
}
