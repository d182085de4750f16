import Foundation

/// Gauss quadrature on [0, 1]: `n` nodes integrate every polynomial of degree `2n - 1` exactly, against some density.
struct GaussRule: Sendable {
    /// The nodes, ascending.
    let nodes: [Double]
    /// The weight of each value; they sum to 1.
    let weights: [Double]
}

extension GaussRule {
    /// The largest rule that `legendre(count:)` hands out.
    static let largestLegendre = 16

    /// The Gauss-Legendre rule of 1 to `largestLegendre` nodes: the uniform density.
    static func legendre(count: Int) -> GaussRule { legendreRules[count - 1] }

    private static let legendreRules = (1...largestLegendre).map(GaussRule.init(legendre:))

    /// Finds the roots of the Legendre polynomial of degree `count` by Newton's method.
    private init(legendre count: Int) {
        var nodes: [Double] = []
        var weights: [Double] = []
        for index in 0..<count {
            var root = -cos(.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            var slope = 0.0
            for _ in 0..<8 {
                var (value, previous) = (1.0, 0.0)
                for degree in 0..<count {
                    let next =
                        (Double(2 * degree + 1) * root * value - Double(degree) * previous) / Double(degree + 1)
                    (value, previous) = (next, value)
                }
                slope = Double(count) * (root * value - previous) / (root * root - 1)
                root -= value / slope
            }
            nodes.append((1 + root) / 2)
            weights.append(1 / ((1 - root * root) * slope * slope))
        }
        self.init(nodes: nodes, weights: weights)
    }
}

extension GaussRule {
    /// The Gauss-Jacobi rule of `count` nodes for the distribution Beta(`heads`, `tails`), whose density is
    /// `q^(heads - 1) (1 - q)^(tails - 1)` up to a constant.
    ///
    /// The nodes are the eigenvalues of the symmetric tridiagonal matrix of the recurrence of the orthonormal
    /// polynomials `p_j` (Golub and Welsch, "Calculation of Gauss quadrature rules", 1969), found by bisection; the
    /// weights are `1 / Σ_j p_j²`.
    static func jacobi(count: Int, heads: Double, tails: Double) -> GaussRule {
        let recurrence = JacobiRecurrence(count: count, heads: heads, tails: tails)
        let nodes = (0..<count).map(recurrence.eigenvalue)
        return GaussRule(nodes: nodes, weights: nodes.map(recurrence.weight))
    }
}

/// `√β_{j+1} p_{j+1} = (q - α_j) p_j - √β_j p_{j-1}`, the recurrence of the polynomials that are orthonormal on [0, 1]
/// for a Beta distribution.
private struct JacobiRecurrence {
    /// `α_j`, the diagonal of the matrix, and `β_j`, the squares beside it; `β_0` is 0.
    private let diagonal: [Double]
    private let squares: [Double]

    init(count: Int, heads: Double, tails: Double) {
        let total = heads + tails
        diagonal = (0..<count).map { index in
            let twice = Double(2 * index) + total
            return index == 0 ? heads / total : (1 + (heads - tails) / twice * ((total - 2) / (twice - 2))) / 2
        }
        squares = (0..<count).map { index in
            let (degree, twice) = (Double(index), Double(2 * index) + total - 2)
            return switch index {
            case 0: 0
            case 1: heads / total * (tails / total) / (total + 1)
            default:
                degree / (twice + 1) * ((degree + heads - 1) / twice) * ((degree + tails - 1) / twice)
                    * ((degree + total - 2) / (twice - 1))
            }
        }
    }

    /// The eigenvalue that has `rank` smaller ones.
    func eigenvalue(rank: Int) -> Double {
        var (lower, upper) = (0.0, 1.0)
        while true {
            let middle = (lower + upper) / 2
            guard lower < middle, middle < upper else { return middle }
            if eigenvalues(below: middle) > rank { upper = middle } else { lower = middle }
        }
    }

    /// The number of smaller eigenvalues: of negative pivots of the matrix less `value` (Sylvester's law of inertia).
    private func eigenvalues(below value: Double) -> Int {
        var (count, pivot) = (0, 1.0)
        for (diagonal, square) in zip(diagonal, squares) {
            pivot = diagonal - value - square / pivot
            if pivot < 0 { count += 1 }
        }
        return count
    }

    /// `1 / Σ_j p_j²` at a node; 0 where the sum is beyond what a number can hold.
    func weight(at node: Double) -> Double {
        var (current, previous, sum) = (1.0, 0.0, 1.0)
        for index in diagonal.indices.dropFirst() {
            let next =
                ((node - diagonal[index - 1]) * current - squares[index - 1].squareRoot() * previous)
                / squares[index].squareRoot()
            (current, previous) = (next, current)
            sum += current * current
            guard sum.isFinite else { return 0 }
        }
        return 1 / sum
    }
}
