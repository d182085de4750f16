import Torch

/// Bicubic interpolation of a row of values as PyTorch computes it, the middles of pixels at halves.
struct BicubicResampling: Sendable {
    /// The weights of all values in each of the new ones, by rows.
    private let weights: [Float]
    private let shape: [Int]

    /// The interpolation of `count` values by `wanted`.
    /// - Parameter isSmoothed: whether fewer values are means over wider parts of the row (`antialias`).
    init(from count: Int, to wanted: Int, isSmoothed: Bool) {
        shape = [wanted, count]
        weights = (0..<wanted).flatMap { index in
            isSmoothed
                ? Self.smoothWeights(of: index, from: count, to: wanted)
                : Self.weights(around: (Double(index) + 0.5) * Double(count) / Double(wanted), count: count)
        }
    }

    /// `[wanted, count]`
    func matrix(on device: Device) -> Tensor { Tensor(weights, shape: shape).to(device) }

    /// The weights of the four nearest values; beyond the ends stand those at the ends.
    private static func weights(around middle: Double, count: Int) -> [Float] {
        let place = middle - 0.5
        let first = Int(place.rounded(.down)) - 1
        var weights = [Float](repeating: 0, count: count)
        for index in first..<first + 4 {
            weights[min(max(index, 0), count - 1)] += Float(
                ResamplingWeights.cubic(Double(index) - place, slope: -0.75))
        }
        return weights
    }

    /// The weights of all values, most of them 0.
    private static func smoothWeights(of index: Int, from count: Int, to wanted: Int) -> [Float] {
        let weights = ResamplingWeights(
            of: index, from: count, to: wanted, kernel: (2, { ResamplingWeights.cubic($0, slope: -0.5) }))
        let rest = count - weights.first - weights.values.count
        return [Float](repeating: 0, count: weights.first) + weights.values + [Float](repeating: 0, count: rest)
    }
}
