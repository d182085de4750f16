import Foundation

/// Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten, which enclose the values shown.
package struct AxisTicks: Sendable, Equatable {
    /// The numbers, from the lowest to the highest.
    package let values: [Double]
    /// The text beside each.
    package let labels: [String]

    /// - Parameters:
    ///   - values: the values to show; the axis ignores those that are not finite, and goes from 0 to 1 without any.
    ///   - count: about how many ticks there should be.
    ///   - wholeNumbers: no ticks between whole numbers.
    package init(enclosing values: some Sequence<Double>, count: Int = 5, wholeNumbers: Bool = false) {
        let (lower, upper) = Self.range(of: values)
        var step = Step(atLeast: (upper - lower) / Double(max(count, 1)))
        if wholeNumbers, step.exponent < 0 { step = Step(atLeast: 1) }
        let multiples = Int((lower / step.size).rounded(.down))...Int((upper / step.size).rounded(.up))
        let ticks = multiples.map { step.multiple($0) }
        self.values = ticks
        labels = Self.labels(ticks, exponent: step.exponent)
    }

    /// The first and the last tick.
    package var bounds: ClosedRange<Double> { (values.first ?? 0)...(values.last ?? 1) }

    /// The place of a number along the axis: 0 at the first tick, 1 at the last.
    func fraction(of value: Double) -> Double {
        min(max((value - bounds.lowerBound) / (bounds.upperBound - bounds.lowerBound), 0), 1)
    }

    /// The distance between ticks, `digit * 10^exponent`.
    private struct Step {
        let digit: Int
        let exponent: Int

        init(atLeast size: Double) {
            // A number just above a round one, from rounding errors, is that round one.
            let exponent = Int(log10(size * (1 - 1e-9)).rounded(.down))
            let digits = size * (1 - 1e-9) / pow(10, Double(exponent))
            (digit, self.exponent) =
                switch digits {
                case ...1: (1, exponent)
                case ...2: (2, exponent)
                case ...5: (5, exponent)
                default: (1, exponent + 1)
                }
        }

        var size: Double { multiple(1) }

        /// The nearest number to a decimal fraction, which a product of fractions is not.
        func multiple(_ factor: Int) -> Double {
            let digits = Double(factor * digit)
            return exponent < 0 ? digits / pow(10, Double(-exponent)) : digits * pow(10, Double(exponent))
        }
    }

    /// The least and the greatest value, moved apart where they are too close to distinguish.
    private static func range(of values: some Sequence<Double>) -> (lower: Double, upper: Double) {
        let finite = values.filter(\.isFinite).map { min(max($0, -1e100), 1e100) }
        guard let lower = finite.min(), let upper = finite.max() else { return (0, 1) }
        let size = max(abs(lower), abs(upper))
        guard upper - lower <= 1e-9 * size || size < 1e-100 else { return (lower, upper) }
        let margin = size < 1e-100 ? 1 : 0.1 * size
        return (lower - margin, upper + margin)
    }

    /// Labels that all have the same number of decimals and the same unit.
    private static func labels(_ ticks: [Double], exponent: Int) -> [String] {
        let size = ticks.map(abs).max() ?? 0
        let (scale, unit) =
            switch size {
            case 1e16...: (Int(log10(size)), "e\(Int(log10(size)))")
            case 1e12...: (12, "T")
            case 1e9...: (9, "G")
            case 1e6...: (6, "M")
            case 1e4...: (3, "k")
            case ..<1e-3: (Int(log10(size).rounded(.down)), "e−\(-Int(log10(size).rounded(.down)))")
            default: (0, "")
            }
        return ticks.map { tick in
            guard tick != 0 else { return "0" }
            let number = String(format: "%.*f", max(0, scale - exponent), abs(tick) / pow(10, Double(scale)))
            return (tick < 0 ? "−" : "") + number + unit
        }
    }
}
