import Foundation
import TestSupport
import Testing
import Torch
import Vision

/// What `transformers` computes with encoders from Hugging Face folders; `Fixtures/make_folder_encoders.py` asked it.
struct FolderEncoderOracle: Decodable {
    /// An encoder, two pictures by formula, and what comes of them.
    struct Case: Decodable {
        /// The shapes of all weights by the names that they have in files.
        let weights: [String: [Int]]
        let side: Int
        let regions: EncoderFixture.Samples
        let pooled: EncoderFixture.Samples
        /// The gradient with respect to pixels.
        let pixels: EncoderFixture.Samples
        let gradients: [String: Gradient]
    }

    /// The norm of a parameter's gradient, and its largest value with its place.
    struct Gradient: Decodable {
        let norm: Double
        let index: Int
        let value: Float
    }

    private let cases: [String: Case]
    private static let file = "folder-encoders.json"

    static let names: [String] = {
        (try? Fixture.decode(FolderEncoderOracle.self, file).cases.keys.sorted()) ?? []
    }()

    static func named(_ name: String) throws -> Case {
        try #require(Fixture.decode(FolderEncoderOracle.self, file).cases[name])
    }

    /// The `config.json` of a case.
    static func config(_ name: String) throws -> [String: Any] {
        let document = try JSONSerialization.jsonObject(with: Fixture.data(file)) as? [String: Any]
        let cases = try #require(document?["cases"] as? [String: [String: Any]])
        return try #require(cases[name]?["config"] as? [String: Any])
    }

    /// Writes the folder of a case.
    /// - Parameter change: changes `config.json` and `preprocessor_config.json` before they are written.
    @discardableResult
    static func write(
        _ name: String, to folder: URL, change: (inout [String: Any], inout [String: Any]) -> Void = { _, _ in }
    ) throws -> Case {
        let expected = try named(name)
        var config = try config(name)
        let isConvolutional = (config["model_type"] as? String)?.hasPrefix("convnext") == true
        var preprocessor: [String: Any] =
            isConvolutional
            ? ["size": ["shortest_edge": expected.side], "crop_pct": 1]
            : ["size": ["height": expected.side, "width": expected.side], "do_center_crop": false]
        change(&config, &preprocessor)
        for (content, file) in [(config, "config.json"), (preprocessor, "preprocessor_config.json")] {
            try JSONSerialization.data(withJSONObject: content).write(to: folder.appending(path: file))
        }
        try saveSafetensors(expected.published, to: folder.appending(path: "model.safetensors"))
        return expected
    }
}

extension FolderEncoderOracle.Case {
    /// The weights that files have under these names.
    var published: [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: weights.map { name, shape in
                (name, Tensor(DeterministicWeights.values(named: name, shape: shape), shape: shape))
            })
    }

    /// The two pictures, uniform in [-1, 1).
    var picture: Tensor { Self.numbers("pixels", [2, 3, side, side], scale: Float(1 / 3.0.squareRoot())) }

    /// Numbers that the gradient is taken along, of the shape of a tensor.
    static func direction(_ name: String, of tensor: Tensor) -> Tensor { numbers(name, tensor.shape) }

    private static func numbers(_ name: String, _ shape: [Int], scale: Float = 1) -> Tensor {
        let values = DeterministicWeights.values(named: name, shape: [shape.reduce(1, *), 1])
        return Tensor(values.map { $0 * scale }, shape: shape)
    }
}
