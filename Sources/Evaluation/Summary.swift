import Foundation

/// The mean of a measurement over several seeds and how much it varies.
public struct Summary: Sendable, Hashable, Codable {
    /// The number of seeds.
    public var count: Int
    /// The arithmetic mean.
    public var mean: Double
    /// The sample standard deviation (divided by count - 1); nil for one seed.
    public var deviation: Double?

    /// Summarises the values of a measurement; nil without values.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        count = values.count
        mean = values.reduce(0, +) / Double(values.count)
        guard values.count > 1 else { return }
        let center = mean
        let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        deviation = (squares / Double(values.count - 1)).squareRoot()
    }
}

extension Summary: CustomStringConvertible {
    /// The fractions in percent, for example `88.32 ± 0.21 (3 seeds)`.
    public var description: String {
        let spread = deviation.map { String(format: " ± %.2f", 100 * $0) } ?? ""
        return String(format: "%.2f", 100 * mean) + spread + " (\(count) seed\(count == 1 ? "" : "s"))"
    }
}
