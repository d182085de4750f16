import Foundation

/// The index of weights that are spread over several files, as Hugging Face writes it beside them.
struct ShardIndex {
    private struct Content: Decodable {
        var shards: [String: String]

        enum CodingKeys: String, CodingKey {
            case shards = "weight_map"
        }
    }

    private let file: String
    private let shards: [String: String]

    /// Whether a file's bytes begin as an index does, and not as a safetensors file, whose brace comes later.
    static func isBeginning(of bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.first == UInt8(ascii: "{") && !SafetensorsFile.isBeginning(of: bytes)
    }

    init(_ file: MappedFile) throws {
        self.file = file.path
        guard file.bytes.count <= SafetensorsFile.maximumHeaderCount else {
            throw WeightsError.malformed(file: file.path, reason: "it is too large for an index of weights")
        }
        do {
            shards = try JSONDecoder().decode(Content.self, from: Data(file.bytes)).shards
        } catch {
            throw WeightsError.malformed(file: file.path, reason: "it is JSON without a readable \"weight_map\"")
        }
    }

    /// Reads every file that the index names, from its own folder, and takes from each what the index says is there.
    func tensors(beside url: URL) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (shard, entries) in Dictionary(grouping: shards, by: \.value) {
            guard !shard.contains("/"), shard != "..", shard != "." else {
                throw WeightsError.malformed(file: file, reason: "\(shard.excerpt) is not a file beside it")
            }
            let content = try Torch.tensors(of: MappedFile(at: url.deletingLastPathComponent().appending(path: shard)))
            for (name, _) in entries {
                guard let tensor = content[name] else {
                    throw WeightsError.malformed(file: file, reason: "\(name.excerpt) is not in \(shard.excerpt)")
                }
                tensors[name] = tensor
            }
        }
        return tensors
    }
}
