import Foundation
import Vision

/// A list of labels for a picture, without any server: the ImageNet names that EfficientNet-Lite0 finds most probable.
package actor LabelGenerator: ContextGenerator {
    package nonisolated let recipe: ContextRecipe
    private let classifier: ImageClassifier
    private let decoder = PictureDecoder(geometry: Preprocessing.efficientNetLite0.geometry)
    /// The number of names in a list.
    private static let count = 5

    /// Loads the network from the folder that `make setup` fills.
    /// - Throws: `ImageEncoderError`, `WeightsError` or `WeightMismatch`.
    package init(folder: URL) throws {
        classifier = try ImageClassifier(folder: folder)
        recipe = ContextRecipe(
            generator: "labels", model: "efficientnet-lite0", settings: ["labels": "\(Self.count)"])
    }

    package nonisolated func prepare(_ bytes: Data, name: String) throws(PictureError) -> RGBPicture {
        try decoder.decode(bytes, name: name)
    }

    package func context(of picture: RGBPicture, attempt: Int) async throws(GenerationFailure) -> GeneratedContext {
        let started = ContinuousClock.now
        let guesses = classifier.guesses([picture], count: Self.count)[0]
        return GeneratedContext(
            text: Self.sentence(guesses), latency: (ContinuousClock.now - started).seconds)
    }

    /// The list as a sentence, best first.
    package static func sentence(_ guesses: [ImageClassifier.Guess]) -> String {
        let names = guesses.map { "\($0.name) (\(String(format: "%.0f", 100 * $0.probability)) %)" }
        return "Labels of the picture: \(names.joined(separator: ", "))."
    }
}
