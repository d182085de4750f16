import Foundation

/// A safetensors file in mapped memory (https://github.com/huggingface/safetensors).
///
/// Opening reads the header alone; a tensor's bytes come from the disk when they are first looked at.
public struct SafetensorsFile {
    /// The texts that the file carries beside its tensors.
    public var metadata: [String: String] { header.metadata }

    /// The names of the tensors, in the order of their bytes.
    public var names: [String] { header.entries.map(\.name) }

    private let file: MappedFile
    private let header: SafetensorsHeader
    private let body: UnsafeRawBufferPointer

    /// The most bytes that a header may take, which is what the format's own library reads.
    static let maximumHeaderCount = 100_000_000

    /// Opens the file at `url` and checks every offset and size in its header.
    /// - Throws: `WeightsError`.
    public init(at url: URL) throws {
        try self.init(MappedFile(at: url))
    }

    init(_ file: MappedFile) throws {
        self.file = file
        var reader = ByteReader(file.bytes, of: "the file", in: file.path)
        let headerCount = try reader.size()
        guard headerCount <= Self.maximumHeaderCount else {
            throw reader.malformed(
                "a header of \(headerCount) bytes is announced; \(Self.maximumHeaderCount) are allowed")
        }
        let json = try reader.take(headerCount)
        body = try reader.take(reader.remaining)
        header = try SafetensorsHeader(json, bodyCount: body.count, in: file.path)
    }

    /// Whether a file's bytes begin as this format's do: with a header's length and an opening brace.
    static func isBeginning(of bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
    }

    /// All the tensors by name: views of the mapped file, which they keep in memory.
    ///
    /// Only elements that the file does not align to their own width are copied.
    /// - Throws: `TorchError` where the engine cannot make one.
    public func tensors() throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for entry in header.entries {
            let bytes = WeightBytes(UnsafeRawBufferPointer(rebasing: body[entry.range]), of: file)
            tensors[entry.name] = try bytes.aligned(for: entry.dtype).tensor(
                StoredTensor(
                    dtype: entry.dtype, shape: entry.shape, strides: StoredTensor.denseStrides(of: entry.shape)))
        }
        return tensors
    }
}
