import Foundation
import Support

/// An image encoder as a Hugging Face folder describes it, in `config.json` and `preprocessor_config.json`.
public struct PublishedImageEncoder: Sendable, Codable, Equatable {
    /// The folder's name, as scores report it.
    public let name: String
    /// The structure of the network.
    public let structure: ImageEncoderStructure
    /// The pictures that the network looks at.
    public let preprocessing: Preprocessing

    private enum CodingKeys: CodingKey { case name, structure, preprocessing }

    /// Reads the `config.json` and `preprocessor_config.json` of a Hugging Face folder; where the latter is missing, the
    /// `processor_config.json` that models of pictures and texts may have in its place.
    /// - Throws: ``ImageEncoderError``.
    public init(folder: URL) throws {
        let structure = try Self.read(ImageEncoderStructure.self, "config.json", in: folder)
        let (file, name) = try Self.preprocessor(in: folder)
        let place = folder.appending(path: name).path
        let preprocessing: Preprocessing
        do {
            preprocessing = try file.preprocessing(for: structure.processor)
        } catch let problem as PreprocessorFile.Problem {
            throw ImageEncoderError.badConfiguration(path: place, problem: problem.description)
        }
        try self.init(name: folder.standardizedFileURL.lastPathComponent, structure, preprocessing, file: place)
    }

    /// An encoder of a name, if that can stand in a report.
    /// - Throws: ``ImageEncoderError`` that names the file, where the structure cannot look at those pictures.
    init(name: String, _ structure: ImageEncoderStructure, _ preprocessing: Preprocessing, file: String) throws {
        self.name = Self.isName(name) ? name : "image-encoder"
        self.structure = structure
        self.preprocessing = preprocessing
        if let problem = structure.problem(side: preprocessing.geometry.cropSide) {
            throw ImageEncoderError.badConfiguration(path: file, problem: problem)
        }
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.value(.name, rule: "a name without / or control characters", isValid: Self.isName)
        structure = try fields.decode(ImageEncoderStructure.self, forKey: .structure)
        preprocessing = try fields.decode(Preprocessing.self, forKey: .preprocessing)
        if let problem = structure.problem(side: preprocessing.geometry.cropSide) {
            throw fields.corrupted(.preprocessing, problem)
        }
    }

    /// Makes an encoder with random weights.
    func makeEncoder() -> any ImageEncoder {
        switch structure {
        case .transformer(let structure):
            VisionTransformer(structure, as: .published(self), preprocessing: preprocessing)
        case .convNeXt(let structure): ConvNeXt(structure, as: self)
        }
    }

    /// Whether a name can stand in a path and in a report.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100 && !name.contains("/") && !name.hasPrefix(".")
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// The image processor of a folder, and the file that it stands in.
    private static func preprocessor(in folder: URL) throws -> (PreprocessorFile, name: String) {
        func exists(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        }
        guard !exists(PreprocessorFile.name), exists(ProcessorFile.name) else {
            return (try read(PreprocessorFile.self, PreprocessorFile.name, in: folder), PreprocessorFile.name)
        }
        return (try read(ProcessorFile.self, ProcessorFile.name, in: folder).image, ProcessorFile.name)
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ name: String, in folder: URL) throws -> Value {
        let file = folder.appending(path: name)
        guard let data = try? Data(contentsOf: file) else { throw ImageEncoderError.missingFile(path: file.path) }
        do {
            return try JSONDecoder().decode(type, from: data, rule: "it is a Hugging Face \(name)")
        } catch {
            throw ImageEncoderError.badConfiguration(path: file.path, problem: error.description)
        }
    }
}
