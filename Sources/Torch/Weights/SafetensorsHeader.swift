import Support

/// The JSON at the beginning of a safetensors file: the type, shape and place of each tensor.
///
/// The grammar is the format's own and nothing more, so that a file means the same to every reader: each key once,
/// sizes as plain non-negative integers, no unknown keys (https://github.com/huggingface/safetensors#format).
struct SafetensorsHeader {
    struct Entry {
        var name: String
        var dtype: DType
        var shape: [Int]
        /// The place of the elements, in bytes from the end of the header.
        var range: Range<Int>
    }

    private(set) var metadata: [String: String] = [:]
    /// The tensors in the order of their bytes.
    private(set) var entries: [Entry] = []

    /// Parses `json` and checks that the tensors fill the `bodyCount` bytes after it, without overlaps or gaps.
    init(_ json: UnsafeRawBufferPointer, bodyCount: Int, in file: String) throws {
        var scanner = JSONScanner(json, in: file)
        var names: Set<String> = []
        try scanner.object { scanner, name in
            guard names.insert(name).inserted else { throw scanner.malformed("\(name.quoted) occurs twice") }
            if name == "__metadata__" {
                metadata = try Self.metadata(from: &scanner)
            } else {
                entries.append(try Self.entry(named: name, from: &scanner, in: file))
            }
        }
        try scanner.end()
        entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        try checkCoverage(of: bodyCount, in: file)
    }

    private static func metadata(from scanner: inout JSONScanner) throws -> [String: String] {
        var metadata: [String: String] = [:]
        try scanner.object { scanner, key in
            guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
                throw scanner.malformed("the metadata \(key.quoted) occurs twice")
            }
        }
        return metadata
    }

    private static func entry(named name: String, from scanner: inout JSONScanner, in file: String) throws -> Entry {
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key in
            switch key {
            case "dtype" where typeName == nil: typeName = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where offsets == nil: offsets = try scanner.integers()
            default: throw scanner.malformed("\(key.quoted) of \(name.quoted) is unknown or occurs twice")
            }
        }
        guard let typeName, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw scanner.malformed("\(name.quoted) lacks its dtype, shape or two data_offsets in order")
        }
        guard let dtype = DType(safetensorsName: typeName) else {
            throw WeightsError.unsupported(file: file, feature: "the type \(typeName.quoted) (of \(name.quoted))")
        }
        guard let count = StoredTensor.elementCount(of: shape, dtype: dtype),
            count * dtype.byteCount == offsets[1] - offsets[0]
        else {
            let given = offsets[1] - offsets[0]
            throw scanner.malformed("\(name.quoted), \(typeName) \(shape), does not fill its \(given) bytes")
        }
        return Entry(name: name, dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
    }

    private func checkCoverage(of bodyCount: Int, in file: String) throws {
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                throw WeightsError.malformed(
                    file: file,
                    reason: "\(entry.name.quoted) begins at byte \(entry.range.lowerBound) of the data, not at \(end)")
            }
            end = entry.range.upperBound
        }
        guard end == bodyCount else {
            throw WeightsError.malformed(
                file: file, reason: "its tensors take \(end) bytes, and \(bodyCount) are there")
        }
    }
}
