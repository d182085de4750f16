import Foundation

/// Gauss-Legendre quadrature on [0, 1]: `n` nodes integrate every polynomial of degree `2n - 1` exactly.
struct GaussLegendre: Sendable {
    /// Where the integrand is evaluated, ascending.
    let nodes: [Double]
    /// The weight of each value; they sum to 1.
    let weights: [Double]

    /// The largest rule that `rule(of:)` hands out.
    static let largest = 16

    /// The rule of 1 to `largest` nodes.
    static func rule(of count: Int) -> GaussLegendre { rules[count - 1] }

    private static let rules = (1...largest).map(GaussLegendre.init)

    /// Finds the roots of the Legendre polynomial of degree `count` by Newton's method.
    private init(count: Int) {
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
        self.nodes = nodes
        self.weights = weights
    }
}
