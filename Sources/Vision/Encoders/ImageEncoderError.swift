/// Why an image encoder cannot be had.
public enum ImageEncoderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No architecture has that name.
    case unknownName(String)
    /// The folder holds no weight file.
    case noWeights(folder: String)
    /// The weights are of no architecture known here.
    case unknownArchitecture(file: String)
    /// The file of class names does not fit the classifier.
    case badClassNames(file: String, reason: String)

    public var description: String {
        switch self {
        case .unknownName(let name):
            "no image encoder is called \"\(name)\"; there are "
                + ImageEncoderKind.all.map(\.name).joined(separator: ", ")
        case .noWeights(let folder):
            "\(folder): no weight file (.safetensors, .pth or .bin) here; put the image encoder's into this folder"
        case .unknownArchitecture(let file):
            "\(file): not the weights of an image encoder known here "
                + "(\(ImageEncoderKind.all.map(\.name).joined(separator: ", ")), with their published names)"
        case .badClassNames(let file, let reason):
            "\(file): not the names of the classes, {\"0\": \"name\", …}: \(reason)"
        }
    }
}
