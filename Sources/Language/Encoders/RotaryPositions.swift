import Foundation
import Torch

/// Rotary positions (Su et al., 2021): each pair of a head's values is turned by an angle that grows with the position, so
/// that the product of a query and a key depends on how far apart they are.
struct RotaryPositions {
    /// `[length, width]` each.
    private let cosines: Tensor
    private let sines: Tensor

    /// - Parameters:
    ///   - width: of a head.
    ///   - base: the slowest pair turns about this number of times more slowly than the fastest.
    init(length: Int, width: Int, base: Double, on device: Device) {
        let frequencies = stride(from: 0, to: width, by: 2).map { Float(1 / pow(base, Double($0) / Double(width))) }
        let places = Tensor.arange(length, dtype: .float32, device: device).unsqueezed(1)
        let half = places * Tensor(frequencies, shape: [1, frequencies.count]).to(device)
        let angles = Tensor.concatenated([half, half], 1)
        (cosines, sines) = (angles.cos(), angles.sin())
    }

    /// Queries or keys at their positions: `[batch, heads, length, width]` to the same.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let half = x.size(-1) / 2
        let (first, second) = (x.narrow(3, start: 0, length: half), x.narrow(3, start: half, length: half))
        return (x * cosines + Tensor.concatenated([-second, first], 3) * sines).to(x.dtype)
    }
}
