import Foundation
import Support

/// The index of weights that are spread over several files, as Hugging Face writes it beside them.
struct ShardIndex {
    private let file: String
    /// The shard of each tensor.
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
        var scanner = JSONScanner(file.bytes, of: "the index", in: file.path)
        var shards: [String: String]?
        try scanner.object { scanner, key in
            guard key == "weight_map" else { return try scanner.skipValue() }
            guard shards == nil else { throw scanner.malformed("\"weight_map\" occurs twice") }
            shards = try Self.map(from: &scanner)
        }
        try scanner.end()
        guard let shards else {
            throw WeightsError.malformed(file: file.path, reason: "it is JSON without a \"weight_map\"")
        }
        self.shards = shards
    }

    private static func map(from scanner: inout JSONScanner) throws -> [String: String] {
        var shards: [String: String] = [:]
        try scanner.object { scanner, name in
            let shard = try scanner.string()
            if let other = shards.updateValue(shard, forKey: name) {
                throw scanner.malformed("\(name.quoted) is in two files, \(other.quoted) and \(shard.quoted)")
            }
        }
        return shards
    }

    /// Reads every file that the index names, from its own folder, and takes from each what the index says is there.
    func tensors(beside url: URL) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        var owners: [String: String] = [:]
        for (shard, entries) in Dictionary(grouping: shards, by: \.value).sorted(by: { $0.key < $1.key }) {
            let content = try content(of: shard, beside: url)
            for name in content.keys {
                guard let other = owners.updateValue(shard, forKey: name) else { continue }
                throw malformed("\(name.quoted) is in two files, \(other.quoted) and \(shard.quoted)")
            }
            for (name, _) in entries {
                guard let tensor = content[name] else {
                    throw malformed("\(name.quoted) is not in \(shard.quoted)")
                }
                tensors[name] = tensor
            }
        }
        return tensors
    }

    private func content(of shard: String, beside url: URL) throws -> [String: Tensor] {
        try Torch.tensors(of: shardFile(shard, beside: url))
    }

    /// Every file that the index names, in the order of their names.
    func files(beside url: URL) throws -> [MappedFile] {
        try Set(shards.values).sorted().map { try shardFile($0, beside: url) }
    }

    private func shardFile(_ shard: String, beside url: URL) throws -> MappedFile {
        guard
            (1...Int(NAME_MAX)).contains(shard.utf8.count), shard != ".", shard != "..", !shard.contains("/"),
            !shard.utf8.contains(0)
        else {
            throw malformed("\(shard.quoted) is not a file beside it")
        }
        do {
            return try MappedFile(at: url.deletingLastPathComponent().appending(path: shard))
        } catch WeightsError.unreadable(let path, let reason) {
            throw WeightsError.unreadable(file: path, reason: "\(reason), but \(file) says that weights are in it")
        }
    }

    private func malformed(_ reason: String) -> WeightsError { .malformed(file: file, reason: reason) }
}
