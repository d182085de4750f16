import Torch

/// Bicubic interpolation of a row of values as PyTorch computes it, the middles of pixels at halves.
struct BicubicResampling: Sendable {
    /// The number of values.
    let count: Int
    /// The number of new values.
    let wanted: Int
    /// Whether fewer values are means over wider parts of the row (`antialias`).
    let isSmoothed: Bool

    /// The weights of all values in each of the new ones, `[wanted, count]`.
    func matrix(on device: Device) -> Tensor {
        let weights = (0..<wanted).flatMap { isSmoothed ? smoothWeights(of: $0) : sharpWeights(of: $0) }
        return Tensor(weights, shape: [wanted, count]).to(device)
    }

    /// The weights of the four nearest values; beyond the ends stand those at the ends.
    private func sharpWeights(of index: Int) -> [Float] {
        let place = (Double(index) + 0.5) * Double(count) / Double(wanted) - 0.5
        let first = Int(place.rounded(.down)) - 1
        var weights = [Float](repeating: 0, count: count)
        for index in first..<first + 4 {
            let weight = ResamplingWeights.cubic(Double(index) - place, slope: -0.75)
            weights[min(max(index, 0), count - 1)] += Float(weight)
        }
        return weights
    }

    /// The weights under a kernel that is as wide as the new values are apart.
    private func smoothWeights(of index: Int) -> [Float] {
        let weights = ResamplingWeights(
            of: index, from: count, to: wanted, kernel: (2, { ResamplingWeights.cubic($0, slope: -0.5) }))
        let rest = count - weights.first - weights.values.count
        return [Float](repeating: 0, count: weights.first) + weights.values + [Float](repeating: 0, count: rest)
    }
}
