/// Scales decoded pictures as Pillow does: along the rows, then along the columns, each time to whole bytes.
struct PictureScaler {
    private let geometry: PictureGeometry
    private let kernel: (support: Double, weight: (Double) -> Double)

    /// Nil where the geometry is that of thumbnails.
    init?(_ geometry: PictureGeometry) {
        guard let kernel = geometry.filter.kernel else { return nil }
        self.geometry = geometry
        self.kernel = kernel
    }

    /// The square that a network looks at, by rows; nothing else of the scaled picture is computed.
    /// - Parameter bytes: `height` rows of `width` pixels, each three bytes.
    func square(of bytes: [UInt8], width: Int, height: Int) -> [UInt8] {
        let (side, wanted) = (geometry.cropSide, geometry.scaledSize(width: width, height: height))
        let (columns, rows) = (weights(from: width, to: wanted.width), weights(from: height, to: wanted.height))
        let first = rows[0].first
        let rowCount = rows[side - 1].first + rows[side - 1].values.count - first
        var narrow = [UInt8](repeating: 0, count: rowCount * side * 3)
        for row in 0..<rowCount {
            for (column, weights) in columns.enumerated() {
                let start = ((first + row) * width + weights.first) * 3
                mix(bytes, from: start, step: 3, weights, into: &narrow, at: (row * side + column) * 3)
            }
        }
        var square = [UInt8](repeating: 0, count: side * side * 3)
        for (row, weights) in rows.enumerated() {
            for column in 0..<side {
                let start = ((weights.first - first) * side + column) * 3
                mix(narrow, from: start, step: side * 3, weights, into: &square, at: (row * side + column) * 3)
            }
        }
        return square
    }

    /// The weights of a row's or column's pixels in those of the square.
    private func weights(from count: Int, to wanted: Int) -> [ResamplingWeights] {
        let start = (wanted - geometry.cropSide) / 2
        return (start..<start + geometry.cropSide).map { index in
            ResamplingWeights(of: index, from: count, to: wanted, kernel: kernel)
        }
    }

    /// Puts the weighted mean of pixels that are `step` bytes apart into one.
    @inline(__always)
    private func mix(
        _ bytes: [UInt8], from start: Int, step: Int, _ weights: ResamplingWeights, into result: inout [UInt8],
        at place: Int
    ) {
        var sum = SIMD4<Float>(repeating: 0.5)
        var start = start
        for weight in weights.values {
            sum += weight * SIMD4(Float(bytes[start]), Float(bytes[start + 1]), Float(bytes[start + 2]), 0)
            start += step
        }
        for colour in 0..<3 { result[place + colour] = UInt8(min(max(sum[colour], 0), 255)) }
    }
}
