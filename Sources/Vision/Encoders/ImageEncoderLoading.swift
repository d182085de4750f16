import Foundation
import Support
import Torch

/// The architectures of image encoders.
public enum ImageEncoderKind: Hashable, Sendable {
    case resNet(ResNet.Depth)
    case clipViTB32
    case efficientNetLite0

    /// All of them.
    public static let all = ResNet.Depth.allCases.map { Self.resNet($0) } + [.clipViTB32, .efficientNetLite0]

    /// The architecture's name, which is also its encoder's `identifier`.
    public var name: String {
        switch self {
        case .resNet(let depth): "resnet\(depth.rawValue)"
        case .clipViTB32: "clip-vit-base-patch32"
        case .efficientNetLite0: "efficientnet-lite0"
        }
    }

    /// The architecture of that name. Throws `ImageEncoderError.unknownName`.
    public init(named name: String) throws {
        guard let kind = Self.all.first(where: { $0.name == name }) else { throw ImageEncoderError.unknownName(name) }
        self = kind
    }

    /// Recognises an architecture by the keys of its weights; nil if they are of none.
    public init?(keys: some Collection<String>) {
        let keys = Set(keys)
        let depth = ResNet.Depth.allCases.first { depth in
            zip(1..., depth.blockCounts).allSatisfy { stage, count in
                keys.contains("layer\(stage).\(count - 1).conv\(depth.kernels.count).weight")
                    && !keys.contains("layer\(stage).\(count).conv1.weight")
            } && keys.contains("layer1.0.conv3.weight") == (depth.kernels.count == 3)
        }
        if let depth {
            self = .resNet(depth)
        } else if keys.contains("_conv_stem.weight") {
            self = .efficientNetLite0
        } else if keys.contains(where: { $0.hasSuffix("embeddings.class_embedding") }) {
            self = .clipViTB32
        } else {
            return nil
        }
    }

    /// Makes an encoder with random weights.
    public func makeEncoder() -> any ImageEncoder {
        switch self {
        case .resNet(let depth): ResNet(depth)
        case .clipViTB32: CLIPVisionTower()
        case .efficientNetLite0: EfficientNetLite0()
        }
    }
}

/// Makes the encoder of that name with random weights. Throws `ImageEncoderError.unknownName`.
public func makeImageEncoder(_ name: String) throws -> any ImageEncoder {
    try ImageEncoderKind(named: name).makeEncoder()
}

/// Loads an image encoder from its published weights, whose names say which it is.
/// - Parameter url: A weight file, or a folder that holds one.
/// - Throws: `ImageEncoderError`; `WeightsError` for a broken file; `WeightMismatch` for keys that do not fit.
public func loadImageEncoder(at url: URL) throws -> any ImageEncoder {
    let file = try weightFile(at: url)
    let weights = try loadWeights(at: file)
    guard let kind = ImageEncoderKind(keys: weights.keys) else {
        throw ImageEncoderError.unknownArchitecture(file: file.path)
    }
    let encoder = try Initialization.deferred { kind.makeEncoder() }
    try encoder.load(weights, keyMap: encoder.keyMap, file: file)
    return encoder
}

/// The weight file at a place: itself, or the one in a folder. The names of Hugging Face's folders come first, among them
/// the index of weights in several files, then the first of the right kind in alphabetical order.
func weightFile(at url: URL) throws -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
        return url
    }
    let names: [String]
    do {
        names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    } catch {
        throw WeightsError.unreadable(file: url.path, reason: reason(of: error))
    }
    let kinds = [".safetensors", ".pth", ".bin"]
    let candidates =
        publishedWeightNames.filter(names.contains)
        + kinds.flatMap { kind in names.filter { $0.hasSuffix(kind) } }
    guard let name = candidates.first else { throw ImageEncoderError.noWeights(folder: url.path) }
    return url.appending(path: name)
}

/// Why an image encoder cannot be loaded.
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
            "no image encoder is called \(name.quoted); there are "
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
