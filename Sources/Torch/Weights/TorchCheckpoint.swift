import Support

/// Files that `torch.save` wrote: the zip archive of PyTorch 1.6 and later, and the pickles in a row of those before.
/// Layouts: https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
enum TorchCheckpoint {
    /// Reads an archive: `NAME/data.pkl` describes the tensors, `NAME/data/KEY` holds each storage.
    static func tensors(inArchive file: MappedFile) throws -> [String: Tensor] {
        let archive = try ZipArchive(file.bytes, in: file.path)
        let programs = archive.entries.keys.filter { $0.hasSuffix("/data.pkl") && $0.count { $0 == "/" } == 1 }
        guard let name = programs.first, programs.count == 1, let program = archive[name] else {
            throw WeightsError.unsupported(file: file.path, feature: "a zip archive that torch.save did not write")
        }
        let folder = name.dropLast("data.pkl".count)
        if let order = archive["\(folder)byteorder"], !order.elementsEqual("little".utf8) {
            throw WeightsError.unsupported(file: file.path, feature: "big-endian numbers")
        }
        var reader = ByteReader(program, of: "the pickle", in: file.path)
        let checkpoint = try PickledCheckpoint(PickleMachine.run(&reader), in: file.path)
        return try checkpoint.assemble { storage in
            guard let bytes = archive["\(folder)data/\(storage.key)"] else {
                throw WeightsError.malformed(
                    file: file.path, reason: "the storage \(storage.key.quoted) is not in the archive")
            }
            return WeightBytes(bytes, of: file)
        }
    }

    /// Whether a file's bytes begin as a pickle's do.
    static func isLegacyBeginning(of bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.first == PickleOpcode.proto.rawValue
    }

    /// Reads five pickles (a magic number, a version, the machine, the tensors, the storages' keys) and the storages.
    static func tensors(inLegacy file: MappedFile) throws -> [String: Tensor] {
        var reader = ByteReader(file.bytes, of: "the pickle", in: file.path)
        guard case .longInteger(legacyMagic) = try PickleMachine.run(&reader).root else {
            throw WeightsError.unsupported(file: file.path, feature: "a pickle that torch.save did not write")
        }
        guard case .integer(1001) = try PickleMachine.run(&reader).root else {
            throw WeightsError.unsupported(
                file: file.path, feature: "another version of PyTorch's old format than 1001")
        }
        try checkByteOrder(try PickleMachine.run(&reader), in: file.path)
        let pickle = try PickleMachine.run(&reader)
        let checkpoint = try PickledCheckpoint(pickle, in: file.path)
        let storages = try legacyStorages(&reader, described: pickle.heap.storages)
        return try checkpoint.assemble { storage in
            guard let bytes = storages[storage.key] else {
                throw reader.malformed("the storage \(storage.key.quoted) is missing")
            }
            return WeightBytes(bytes, of: file)
        }
    }

    /// 0x1950a86a20f9469cfc6c
    private static let legacyMagic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    private static func checkByteOrder(_ machine: Pickle, in file: String) throws {
        guard case .dictionary(let index) = machine.root else {
            throw WeightsError.malformed(file: file, reason: "the machine that wrote it is not described")
        }
        for case (.text("little_endian"), .bool(false)) in machine.heap.dictionaries[index] {
            throw WeightsError.unsupported(file: file, feature: "big-endian numbers")
        }
    }

    /// The raw storages at the end of an old file, each after its number of elements, in the order of a list of keys.
    private static func legacyStorages(
        _ reader: inout ByteReader, described storages: [PickledStorage]
    ) throws -> [String: UnsafeRawBufferPointer] {
        let keys = try PickleMachine.run(&reader)
        guard case .list(let index) = keys.root else { throw reader.malformed("the list of storages is missing") }
        let described = Dictionary(storages.map { ($0.key, $0) }) { first, _ in first }
        var found: [String: UnsafeRawBufferPointer] = [:]
        for key in keys.heap.sequences[index] {
            guard case .text(let key) = key, let storage = described[key], found[key] == nil else {
                throw reader.malformed("the list of storages names one that no tensor uses")
            }
            guard try reader.size() == storage.count else {
                throw reader.malformed("the storage \(key.quoted) has another size than its tensors say")
            }
            found[key] = try reader.take(storage.byteCount)
        }
        guard reader.remaining == 0 else { throw reader.malformed("something follows the last storage") }
        return found
    }
}
