import Foundation
import Support
import Torch

/// EfficientNet-Lite0 with its ImageNet head: names the object in a picture.
package final class ImageClassifier: Module {
    /// A class with the probability that the picture shows it.
    package struct Guess: Sendable, Equatable {
        /// The class's first name, such as `espresso`.
        package let name: String
        /// From 0 to 1.
        package let probability: Double
    }

    let encoder: EfficientNetLite
    let head: Linear
    private let names: [String]

    /// Loads a folder with the weights and `imagenet-classes.json`, which maps `"0"`, `"1"`, … to the class's names.
    /// - Throws: `ImageEncoderError`, `WeightsError` or `WeightMismatch`.
    package init(folder: URL) throws {
        let names = try Self.classNames(at: folder.appending(path: "imagenet-classes.json"))
        self.names = names
        let file = try weightFile(at: folder)
        let weights = try loadWeights(at: file)
        (encoder, head) = try Initialization.deferred {
            let encoder = EfficientNetLite(.lite0)
            return (encoder, Linear(encoder.width, names.count))
        }
        try encoder.load(weights, keyMap: encoder.keyMap, file: file)
        try head.load(weights.filter { $0.key.hasPrefix("_fc.") }, keyMap: KeyMap([("_fc", "")]), file: file)
    }

    /// The scores of all classes for pixels `[batch, 3, 224, 224]`: `[batch, classes]`.
    package func callAsFunction(_ pixels: Tensor) -> Tensor {
        head(encoder(pixels).pooled)
    }

    /// The likeliest classes of each picture, best first.
    package func guesses(_ pictures: [RGBPicture], count: Int = 5) -> [[Guess]] {
        guard !pictures.isEmpty else { return [] }
        let probabilities = withTrainingMode(false) {
            withoutGradients { self(encoder.preprocessing.pixels(of: pictures)).softmax(-1).doubles() }
        }
        return stride(from: 0, to: probabilities.count, by: names.count).map { start in
            zip(names, probabilities[start..<start + names.count])
                .sorted { $0.1 > $1.1 }
                .prefix(count)
                .map { Guess(name: $0.0, probability: $0.1) }
        }
    }

    private static func classNames(at url: URL) throws -> [String] {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw ImageEncoderError.badClassNames(file: url.path, reason: reason(of: error))
        }
        let table: [String: String]
        do {
            table = try JSONDecoder().decode(
                [String: String].self, from: data, rule: "it is an object of names by number")
        } catch {
            throw ImageEncoderError.badClassNames(file: url.path, reason: error.description)
        }
        guard !table.isEmpty else { throw ImageEncoderError.badClassNames(file: url.path, reason: "it is empty") }
        return try (0..<table.count).map { index in
            guard let names = table[String(index)] else {
                throw ImageEncoderError.badClassNames(file: url.path, reason: "number \(index) is missing")
            }
            return names.split(separator: ",").first.map(String.init) ?? names
        }
    }
}
