import Support

/// Why an image encoder cannot be loaded.
public enum ImageEncoderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It is neither the name of a structure nor a folder.
    case unknownName(String)
    /// The folder holds no weight file.
    case noWeights(folder: String)
    /// The weights are of no structure that has a name.
    case unknownArchitecture(file: String)
    /// A file of a Hugging Face folder is missing or cannot be read.
    case missingFile(path: String)
    /// A file of a Hugging Face folder lacks a key or says what is not supported.
    case badConfiguration(path: String, problem: String)
    /// The file of class names does not fit the classifier.
    case badClassNames(file: String, reason: String)

    private static let names = ImageEncoderKind.all.map(\.name)
    private static let folders = "a Hugging Face folder of \(ImageEncoderStructure.modelTypes.joined(separator: ", "))"

    public var description: String {
        switch self {
        case .unknownName(let name):
            "no image encoder is called \(name.quoted)"
                + (name.nearest(in: Self.names).map { " (did you mean \"\($0)\"?)" } ?? "")
                + "; there are \(Self.names.joined(separator: ", ")), and \(Self.folders) is one by its path"
        case .noWeights(let folder):
            "\(folder): no weight file (.safetensors, .pth or .bin) here; put the image encoder's into this folder"
        case .unknownArchitecture(let file):
            "\(file): not the weights of an image encoder known here "
                + "(\(Self.names.joined(separator: ", ")), or torchvision's vit and convnext, with their published names); "
                + "\(Self.folders) needs its config.json"
        case .missingFile(let path): "\(path) cannot be read; the folder of an image encoder needs it"
        case .badConfiguration(let path, let problem): "\(path): \(problem)"
        case .badClassNames(let file, let reason):
            "\(file): not the names of the classes, {\"0\": \"name\", …}: \(reason)"
        }
    }
}
