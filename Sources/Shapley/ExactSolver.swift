/// Semivalues of coalition games without sampling and without visiting coalitions, and their gradients.
///
/// **Value.** Let each player but `i` join a random coalition `S` with probability `q`; averaged over `q` in [0, 1], the
/// expected marginal `u(S ∪ i) - u(S)` is the Shapley value of `i` (Owen, "Multilinear extensions of games", 1972), and
/// over another distribution of `q` another `Semivalue`. The marginal is `s_i` for an empty `S`, else
/// `Σ_{j∈S} w_j (s_j - s_i) (1 / (W + w_i) - 1 / W)` with `W = Σ_{j∈S} w_j`, and `1 / W = ∫ exp(-x W) dx` turns its
/// expectation into a product over players. With `y_j = x w_j`, `a_j = 1 - exp(-y_j)`, `b_j = y_j exp(-y_j)`,
/// `f_j = 1 - q a_j` and `r_j = 1 / f_j`,
///
///     φ_i = s_i / m - ∫ dx/x E[q F a_i r_i (T₁ - s_i T₀)],    F = Π_j f_j,  T₀ = Σ_j b_j r_j,  T₁ = Σ_j b_j r_j s_j.
///
/// with `E` the mean over `q`. The share of empty `S` is `1 / m = E[(1 - q)^(k - 1)]`, for Shapley values `1 / k`.
/// The sums run over all players, because the term `j = i` vanishes; only differences of similarities matter in it.
///
/// **Gradient.** A weighted sum of values needs no more than `B₀ = Σ_i g_i a_i r_i` and `B₁ = Σ_i g_i a_i r_i s_i` besides:
///
///     Σ_i g_i φ_i = Σ_i g_i s_i / m - ∫ dx/x E[q H],    H = F (B₀ T₁ - B₁ T₀).
///
/// With `D_j = T₁ - s_j T₀` and `C_j = s_j B₀ - B₁` its derivatives are closed:
///
///     ∂H/∂(g_j a_j) = F r_j D_j,    ∂H/∂b_j = F r_j C_j,    ∂H/∂f_j = H r_j - F r_j² (g_j a_j D_j + b_j C_j),
///
/// and `∂H/∂s_j = F r_j (b_j B₀ - g_j a_j T₀)` where the weights are held fixed. A node costs O(k), whether one value, all
/// values or a gradient is wanted; `CoalitionQuadrature` needs a few hundred nodes, for any number of players.
final class ExactSolver {
    /// A few players side by side. Lanes beyond the last player hold players of weight 0, who change nothing.
    private struct Block {
        /// `ln w`.
        var logWeight = Lanes(repeating: -.infinity)
        /// `s`, relative to the largest, and `g`.
        var (s, g) = (Lanes.zero, Lanes.zero)
        /// `y`, `a` and `b` at the current `x`.
        var (y, a, b) = (Lanes.zero, Lanes.zero, Lanes.zero)
        /// The integrals of the values and of the gradient, as far as they have come.
        var (value, gradient) = (Lanes.zero, Lanes.zero)
    }

    /// A node `q`, and what it sums over the players, times `q F` and the node's weight.
    private struct Node {
        var q = 0.0
        var t0 = 0.0
        var t1 = 0.0
        var b0 = 0.0
        var b1 = 0.0
        var h = 0.0
    }

    private let playerCount: Int
    /// `1 / E[(1 - q)^(k - 1)]`.
    private let coalitionsPerEmptyOne: Double
    /// The rule in `q` of every node in `x`; nil for the uniform distribution.
    private let coin: GaussRule?
    private let blocks: UnsafeMutableBufferPointer<Block>
    private let nodes: UnsafeMutableBufferPointer<Node>
    /// `r` of each block at each node, `[nodes, blocks]`.
    private let reciprocals: UnsafeMutableBufferPointer<Lanes>

    /// A solver for any number of games of the same size.
    init(_ value: Semivalue, playerCount: Int) {
        self.playerCount = playerCount
        coalitionsPerEmptyOne = value.coalitionsPerEmptyOne(playerCount: playerCount)
        coin = value.coin(playerCount: playerCount)
        let nodeCount = coin?.nodes.count ?? GaussRule.largestLegendre
        let blockCount = (playerCount + Lanes.scalarCount - 1) / Lanes.scalarCount
        blocks = .allocate(capacity: blockCount)
        nodes = .allocate(capacity: nodeCount)
        reciprocals = .allocate(capacity: blockCount * nodeCount)
        blocks.initialize(repeating: Block())
        nodes.initialize(repeating: Node())
        reciprocals.initialize(repeating: .zero)
    }

    deinit {
        blocks.deallocate()
        nodes.deallocate()
        reciprocals.deallocate()
    }

    /// The values `φ` of all players, and the gradient of `Σ_i g_i φ_i` for the weights `g`, both `[players]`.
    func solve(_ game: CoalitionGame, weights: [Double]) -> (values: [Double], gradient: [Double]) {
        let quadrature = CoalitionQuadrature(game, coin: coin)
        load(game, quadrature.logWeights, weights)
        var next: Int? = 0
        while let node = next {
            let (absence, presence) = move(to: quadrature.logarithm(of: node))
            if quadrature.isQuiet(at: node, presence: presence) {
                next = quadrature.node(afterQuiet: node)
            } else {
                let (rule, length) = quadrature.rule(absence: absence)
                for index in rule.nodes.indices {
                    sumOverPlayers(at: index, q: length * rule.nodes[index], weight: length * rule.weights[index])
                }
                integrate(
                    count: rule.nodes.count, weight: quadrature.weight(of: node), temperature: game.temperature)
                next = node + 1
            }
        }
        return results(of: game, weights)
    }

    private func load(_ game: CoalitionGame, _ logWeights: [Double], _ weights: [Double]) {
        let largest = game.similarities.max() ?? 0
        blocks.update(repeating: Block())
        for player in 0..<playerCount {
            let (block, lane) = player.quotientAndRemainder(dividingBy: Lanes.scalarCount)
            blocks[block].logWeight[lane] = logWeights[player]
            blocks[block].s[lane] = game.similarities[player] - largest
            blocks[block].g[lane] = weights[player]
        }
    }

    private func results(of game: CoalitionGame, _ weights: [Double]) -> (values: [Double], gradient: [Double]) {
        var (values, gradient) = (game.similarities, weights)
        for player in 0..<playerCount {
            let (block, lane) = player.quotientAndRemainder(dividingBy: Lanes.scalarCount)
            values[player] = values[player] / coalitionsPerEmptyOne - blocks[block].value[lane]
            gradient[player] = gradient[player] / coalitionsPerEmptyOne - blocks[block].gradient[lane]
        }
        return (values, gradient)
    }

    /// Computes `y`, `a` and `b` of all players at `x`; returns `Σ_j a_j` and `Σ_j b_j`.
    private func move(to logarithm: Double) -> (absence: Double, presence: Double) {
        var (absence, presence) = (Lanes.zero, Lanes.zero)
        for index in blocks.indices {
            // Past e^6.5 a player is certainly distinguished, below e^-700 never: b is 0 in both cases.
            let exponent = (logarithm + blocks[index].logWeight).clamped(-700, 6.5)
            let y = Lanes.exponential(exponent)
            let e = Lanes.exponential(-y)
            blocks[index].y = y
            blocks[index].a = 1 - e
            blocks[index].b = y * e
            absence += 1 - e
            presence += y * e
        }
        return (absence.sum(), presence.sum())
    }

    /// Sums over the players at node `index` of the rule in `q`.
    private func sumOverPlayers(at index: Int, q: Double, weight: Double) {
        var f = Lanes(repeating: 1)
        var (t0, t1, b0, b1) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        for (position, block) in blocks.enumerated() {
            let fraction = 1 - q * block.a
            let r = 1 / fraction
            f *= fraction
            let br = block.b * r
            let gar = block.g * block.a * r
            t0 += br
            t1 += br * block.s
            b0 += gar
            b1 += gar * block.s
            reciprocals[index * blocks.count + position] = r
        }
        let factor = weight * q * f.product
        let (sumT0, sumT1, sumB0, sumB1) = (t0.sum(), t1.sum(), b0.sum(), b1.sum())
        nodes[index] = Node(
            q: q, t0: factor * sumT0, t1: factor * sumT1, b0: factor * sumB0, b1: factor * sumB1,
            h: factor * (sumB0 * sumT1 - sumB1 * sumT0))
    }

    /// Adds a node in `x` to the integrals, from the `count` nodes in `q` that have been summed.
    private func integrate(count: Int, weight: Double, temperature: Double) {
        for (position, block) in blocks.enumerated() {
            let ga = block.g * block.a
            var (derivativeA, derivativeB, derivativeF) = (Lanes.zero, Lanes.zero, Lanes.zero)
            var (rt0, rb0) = (Lanes.zero, Lanes.zero)
            for index in 0..<count {
                let node = nodes[index]
                let r = reciprocals[index * blocks.count + position]
                let rd = r * (node.t1 - block.s * node.t0)
                let rc = r * (block.s * node.b0 - node.b1)
                derivativeA += rd
                derivativeB += rc
                derivativeF += node.q * r * (node.h - ga * rd - block.b * rc)
                rt0 += r * node.t0
                rb0 += r * node.b0
            }
            let logarithmic = block.b * (block.g * derivativeA - derivativeF + (1 - block.y) * derivativeB)
            let direct = block.b * rb0 - ga * rt0
            blocks[position].value += weight * block.a * derivativeA
            blocks[position].gradient += weight * (logarithmic / temperature + direct)
        }
    }
}

/// Several players side by side, in double precision.
typealias Lanes = SIMD4<Double>

extension SIMD4<Double> {
    /// `e^x` in every lane, to a relative error of 1e-14; `x` must be in [-700, 700].
    ///
    /// `x = n ln 2 + r` with `|r| <= ln 2 / 2`: `e^r` by its Taylor polynomial, `2^n` through the exponent's bits (the
    /// reduction of Cody and Waite, "Software Manual for the Elementary Functions", 1980).
    @inline(__always)
    package static func exponential(_ x: Self) -> Self {
        let rounder = Self(repeating: 0x1.8p52)
        let shifted = x * 1.4426950408889634 + rounder
        let n = shifted - rounder
        let r = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45

        // Σ r^n / n! in pairs of pairs, so that the terms do not wait for one another.
        func pair(_ constant: Double, _ linear: Double) -> Self { r * linear + Self(repeating: constant) }
        let r2 = r * r
        let r4 = r2 * r2
        let low = pair(1, 1) + r2 * pair(1 / 2, 1 / 6)
        let middle = pair(1 / 24, 1 / 120) + r2 * pair(1 / 720, 1 / 5_040)
        let high = pair(1 / 40_320, 1 / 362_880) + r2 * pair(1 / 3_628_800, 1 / 39_916_800)
        let polynomial = low + r4 * (middle + r4 * high)

        let exponent = (unsafeBitCast(shifted, to: SIMD4<Int64>.self) &+ 1023) &<< 52
        return polynomial * unsafeBitCast(exponent, to: Self.self)
    }

    /// Every lane, brought between two bounds.
    @inline(__always)
    func clamped(_ lower: Double, _ upper: Double) -> Self {
        var result = self
        result.replace(with: lower, where: result .< lower)
        result.replace(with: upper, where: result .> upper)
        return result
    }

    /// The product of the lanes.
    @inline(__always)
    var product: Double { (self[0] * self[2]) * (self[1] * self[3]) }
}
