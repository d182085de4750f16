import Foundation

/// The weights of neighbours in a value between them: of those under a kernel that is as wide as the new values are apart,
/// as Pillow resizes pictures and PyTorch interpolates with `antialias`. Beyond the ends stands nothing.
struct ResamplingWeights: Sendable {
    /// The place of the first neighbour.
    let first: Int
    /// The weights from there on; their sum is 1.
    let values: [Float]

    /// - Parameters:
    ///   - index: the place among the new values.
    ///   - count: the number of old values.
    ///   - wanted: the number of new values.
    ///   - kernel: the weight at a distance, and the distance from which on it is 0.
    init(of index: Int, from count: Int, to wanted: Int, kernel: (support: Double, weight: (Double) -> Double)) {
        let step = Double(count) / Double(wanted)
        let middle = (Double(index) + 0.5) * step
        let scale = max(step, 1)
        first = max(Int(middle - kernel.support * scale + 0.5), 0)
        let end = min(Int(middle + kernel.support * scale + 0.5), count)
        let weights = (first..<end).map { kernel.weight((Double($0) + 0.5 - middle) / scale) }
        let sum = weights.reduce(0, +)
        values = weights.map { Float($0 / sum) }
    }

    /// Bicubic interpolation (Keys, 1981).
    /// - Parameter slope: the slope at distance 1.
    static func cubic(_ distance: Double, slope: Double) -> Double {
        let x = abs(distance)
        if x < 1 { return ((slope + 2) * x - (slope + 3)) * x * x + 1 }
        return x < 2 ? slope * (((x - 5) * x + 8) * x - 4) : 0
    }
}

extension PictureFilter {
    /// The weight at a distance, and the distance from which on it is 0; nil for thumbnails, which libvips scales.
    var kernel: (support: Double, weight: (Double) -> Double)? {
        switch self {
        case .thumbnail: nil
        case .bilinear: (1, { max(1 - abs($0), 0) })
        case .bicubic: (2, { ResamplingWeights.cubic($0, slope: -0.5) })
        case .lanczos: (3, { abs($0) < 3 ? Self.sinc($0) * Self.sinc($0 / 3) : 0 })
        }
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
}
