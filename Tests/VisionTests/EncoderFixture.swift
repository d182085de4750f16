import Foundation
import TestSupport
import Testing
import Torch
import Vision

/// What `make_encoders.py` found.
struct EncoderFixture: Decodable {
    /// Evenly spread elements of a tensor, in row-major order.
    struct Samples: Decodable {
        let shape: [Int]
        let largest: Float
        let values: [Float]

        /// The largest difference to the same elements of a tensor, by the tensor's largest element.
        func largestDifference(from tensor: Tensor) -> Float {
            let elements = tensor.floats()
            let differences = values.enumerated().map { index, value in
                abs(elements[index * (elements.count - 1) / (values.count - 1)] - value)
            }
            return (differences.max() ?? 0) / max(largest, 1)
        }
    }

    struct Encoder: Decodable {
        let regions: Samples
        let pooled: Samples
        let logits: Samples?
        /// The shape of every parameter by its published name.
        let keys: [String: [Int]]

        /// The weights that a network of these names gets by formula.
        func weights() -> [String: Tensor] {
            var weights: [String: Tensor] = [:]
            for (name, shape) in keys {
                weights[name] = Tensor(DeterministicWeights.values(named: name, shape: shape), shape: shape)
            }
            return weights
        }
    }

    let encoders: [String: Encoder]

    static func encoder(_ name: String) throws -> Encoder {
        try #require(Fixture.decode(EncoderFixture.self, "encoders.json").encoders[name])
    }

    /// Two pictures, uniform in [-1, 1).
    static func pixels(side: Int = 224) -> Tensor {
        let values = DeterministicWeights.values(named: "pixels", shape: [2 * 3 * side * side])
        return Tensor(values.map { $0 * 10 }, shape: [2, 3, side, side])
    }
}
