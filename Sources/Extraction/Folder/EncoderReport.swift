import Language
import Vision

/// The encoders that a configuration can name: architectures of folders, and those that `make setup` fetches.
package struct EncoderReport: Encodable, CustomStringConvertible {
    /// The values of `model_type` of text encoders' folders.
    let text: [String]
    /// The names of image encoders.
    let image: [String]
    /// The values of `model_type` of image encoders' folders.
    let imageFolders: [String]
    /// What `make setup` fetches.
    let fetched: [FetchedModels.Entry]

    /// The encoders of this version, and which of those to fetch are in the cache.
    package init() {
        text = TextEncoderKind.modelTypes
        image = ImageEncoderKind.all.map(\.name)
        imageFolders = ImageEncoderStructure.modelTypes
        fetched = FetchedModels.entries
    }

    package var description: String {
        let width = fetched.map(\.name.count).max() ?? 0
        let lines = fetched.map { entry in
            let name = entry.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
            return "  \(name)\(entry.isFetched ? "fetched" : "not fetched; run `\(entry.command)`")"
        }
        return """
            text.encoder     a Hugging Face folder whose config.json has the model_type
                             \(text.joined(separator: ", "))
            picture.encoder  \(image.joined(separator: ", ")),
                             or a Hugging Face folder whose config.json has the model_type
                             \(imageFolders.joined(separator: ", ")),
                             or a folder with torchvision's weights of a vision transformer or a ConvNeXt

            By name:
            \(lines.joined(separator: "\n"))
            """
    }
}
