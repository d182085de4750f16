import Foundation
import Testing
import Torch

/// A tensor as the scripts beside the fixtures write it.
struct TensorRecord: Decodable {
    let shape: [Int]
    let values: [Double]

    /// The values as 32-bit floats.
    var tensor: Tensor { Tensor(values.map(Float.init), shape: shape) }

    /// The values as 64-bit integers.
    var indices: Tensor { Tensor(values.map { Int($0) }, shape: shape) }

    /// The values as truth values.
    var mask: Tensor { Tensor(values.map { $0 != 0 }, shape: shape) }

    /// The content of a fixture.
    static func content<Content: Decodable>(of name: String, as type: Content.Type) throws -> Content {
        let file = Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
        return try JSONDecoder().decode(Document<Content>.self, from: Data(contentsOf: file)).content
    }
}

private struct Document<Content: Decodable>: Decodable { let content: Content }

/// Checks shape and values of a tensor, relative to the largest expected value.
func expectClose(
    _ found: Tensor?, _ expected: TensorRecord, tolerance: Double = 1e-5, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let scale = max(expected.values.map(abs).max() ?? 0, 1e-3)
    #expect(found?.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
    let difference = zip(found?.doubles() ?? [], expected.values).map { abs($0 - $1) }.max() ?? 0
    #expect(difference <= tolerance * scale, "\(name)", sourceLocation: sourceLocation)
}
