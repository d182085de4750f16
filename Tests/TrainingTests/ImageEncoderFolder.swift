import Foundation
import TestSupport
import Testing
import Torch

/// Hugging Face folders of image encoders with deterministic weights, by the cases of the encoders' oracle.
enum ImageEncoderFolder {
    /// Writes `config.json`, `preprocessor_config.json` and `model.safetensors`.
    static func write(_ name: String, to folder: URL) throws {
        let oracle = DataFolder.checkout.appending(path: "Tests/VisionTests/Fixtures/folder-encoders.json")
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: oracle)) as? [String: Any]
        let encoder = try #require((document?["cases"] as? [String: [String: Any]])?[name])
        let (config, side) = (try #require(encoder["config"]), try #require(encoder["side"]))
        let shapes = try #require(encoder["weights"] as? [String: [Int]])
        let preprocessor: [String: Any] = ["size": ["height": side, "width": side], "do_center_crop": false]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (content, file) in [(config, "config.json"), (preprocessor, "preprocessor_config.json")] {
            try JSONSerialization.data(withJSONObject: content).write(to: folder.appending(path: file))
        }
        let weights = shapes.map { name, shape in
            (name, Tensor(DeterministicWeights.values(named: name, shape: shape), shape: shape))
        }
        try saveSafetensors(
            Dictionary(uniqueKeysWithValues: weights), to: folder.appending(path: "model.safetensors"))
    }
}
